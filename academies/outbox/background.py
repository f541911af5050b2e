"""Wagtail's background tasks as messages of the outbox: in the academy that enqueued them, and never lost.

Without this they run in whichever schema is next, and those that are sent while the broker is away are gone.
"""

from importlib import import_module
from typing import Any

from django.utils import timezone
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus

from academies.outbox import actions, registry
from academies.tenants.context import NoAcademy, current_schema

NAME = "outbox.background"
# Both indexes are tables of the academy, so they are written with what they are about: a few milliseconds, fewer than a
# message takes, and true without a worker. From the one of references is read who may see a lesson's file.
_AT_ONCE = ("wagtail.tasks.update_reference_index_task", "modelsearch.tasks.insert_or_update_object_task")


class AcademyTaskBackend(BaseTaskBackend):
    """Store a task with what it is about and run it after commit, at least once; answers can't be fetched."""

    supports_defer = False
    supports_async_task = False
    supports_get_result = False

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        self.validate_task(task)
        if current_schema() == "public":
            raise NoAcademy(f"{task.module_path} needs an academy and was given none")
        if task.module_path in _AT_ONCE:
            task.func(*args, **kwargs)
            return self._told(task, args, kwargs, id="")
        message = actions.later(NAME, payload={"path": task.module_path, "args": list(args), "kwargs": dict(kwargs)})
        return self._told(task, args, kwargs, id=str(message.pk) if message else "")

    def _told(self, task: Task, args: Any, kwargs: Any, id: str) -> TaskResult:
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
    """Run one of Wagtail's tasks: they look for what is there now, so a second time does no harm."""
    module, _, name = path.rpartition(".")
    getattr(import_module(module), name).func(*args, **kwargs)
