"""Periodic tasks for all academies."""

import random
from typing import Any

from celery import Task, shared_task

from academies.tenants import broker, queries


class PlatformTask(Task):
    """A task that runs in `public`, for no academy."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.run(*args, **kwargs)


@shared_task(base=PlatformTask, name="tenants.fan_out")
def fan_out(task: str, seconds: float) -> int:
    """Send a task once for every academy. Returns how many messages the broker accepted.

    seconds: until the next run. A message not taken by then expires, so that at most one per task and academy waits. The
    order is random, so that under load it isn't always the same academies that wait.
    """
    schemas = list(queries.live_schemas())
    random.shuffle(schemas)
    return sum(broker.send(task, queue=broker.SWEEPS, academy=schema, expires=seconds) for schema in schemas)
