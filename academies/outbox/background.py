"""Wagtail's background tasks as outbox messages, which run in the academy that enqueued them and aren't lost.

Otherwise they would run in an arbitrary schema, and be lost while the broker is down.
"""

from importlib import import_module
from typing import Any

from django.utils import timezone
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus

from academies.outbox import actions, registry
from academies.tenants.context import NoAcademy, current_schema

NAME = "outbox.background"
# Both update index tables of the academy in a few milliseconds, less than storing a message takes, so they run in the
# same transaction. Access to a lesson's files is read from the reference index, so it must not lag behind.
_AT_ONCE = ("wagtail.tasks.update_reference_index_task", "modelsearch.tasks.insert_or_update_object_task")


class AcademyTaskBackend(BaseTaskBackend):
    """Stores a task in the transaction and runs it after commit, at least once. Results can't be fetched."""

    supports_defer = False
    supports_async_task = False
    supports_get_result = False

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        self.validate_task(task)
        if current_schema() == "public":
            raise NoAcademy(f"{task.module_path} needs an academy and was given none")
        if task.module_path in _AT_ONCE:
            task.func(*args, **kwargs)
            return self._result(task, args, kwargs, id="")
        message = actions.later(NAME, payload={"path": task.module_path, "args": list(args), "kwargs": dict(kwargs)})
        return self._result(task, args, kwargs, id=str(message.pk) if message else "")

    def _result(self, task: Task, args: Any, kwargs: Any, id: str) -> TaskResult:
        return TaskResult(
            task=task,
            id=id,
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


@registry.handler(NAME, urgent=False)
def run(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Run one of Wagtail's tasks. They work on the current state, so running twice is harmless."""
    module, _, name = path.rpartition(".")
    getattr(import_module(module), name).func(*args, **kwargs)
