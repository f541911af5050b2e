"""Wagtail's background tasks, sent through Celery with their academy. Without this they run in whichever schema is next."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus


class AcademyTaskBackend(BaseTaskBackend):
    """Enqueue after commit, so that the worker finds the rows; answers can't be fetched."""

    supports_defer = False
    supports_async_task = False
    supports_get_result = False

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        from academies.tenants.tasks import run_background

        self.validate_task(task)
        transaction.on_commit(lambda: run_background.delay(task.module_path, list(args), dict(kwargs)), robust=True)
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
