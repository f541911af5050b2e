"""Wagtail's background tasks, sent through Celery with their academy. Without this they run in whichever schema is next."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus

# Who may read a lesson's file is read from the index of references, so it is written with what it is about: a few
# milliseconds, and true without a worker.
_AT_ONCE = ("wagtail.tasks.update_reference_index_task",)


class AcademyTaskBackend(BaseTaskBackend):
    """Enqueue after commit, so that the worker finds the rows; answers can't be fetched."""

    supports_defer = False
    supports_async_task = False
    supports_get_result = False

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        from academies.tenants.tasks import run_background

        self.validate_task(task)
        if task.module_path in _AT_ONCE:
            task.func(*args, **kwargs)
            return self._told(task, args, kwargs)
        transaction.on_commit(lambda: run_background.delay(task.module_path, list(args), dict(kwargs)), robust=True)
        return self._told(task, args, kwargs)

    def _told(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        return TaskResult(
            task=task,
            id=get_random_string(32),
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
