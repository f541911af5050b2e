"""Clock doors of the registry: work that visits every academy."""

import random
from typing import Any

from celery import Task, shared_task

from academies.tenants import broker, queries


class PlatformTask(Task):
    """A task that belongs to no academy and runs in `public`."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.run(*args, **kwargs)


@shared_task(base=PlatformTask, name="tenants.fan_out")
def fan_out(task: str, seconds: float) -> int:
    """Send one message of a task to every academy. Returns how many the broker took.

    seconds: until the next round. A message that nobody has taken by then is thrown away, so that at most one of a kind
    waits for an academy. Each round has an order of its own: where there is no time for all, it is not always the same
    academies that wait.
    """
    schemas = list(queries.live_schemas())
    random.shuffle(schemas)
    return sum(broker.send(task, queue=broker.SWEEPS, academy=schema, expires=seconds) for schema in schemas)
