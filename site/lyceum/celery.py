"""The Celery application. A task runs in the academy that its message names, or refuses to run."""

import os
from pathlib import Path

from django.conf import settings as django_settings

import lyceum  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lyceum.settings")
# Only where Celery loads this file before the settings are there, which is in a worker and in the clock.
if not django_settings.configured:
    os.environ.setdefault("PROCESS", "worker")

from celery import Celery, Task
from celery.signals import beat_init, before_task_publish, worker_init, worker_ready


class AcademyTask(Task):
    """A task of one academy: enters the schema of its `academy` header, and leaves it whatever happens."""

    abstract = True

    def __call__(self, *args, **kwargs):
        from academies.tenants.context import run_in

        headers = self.request.headers or {}
        academy = headers.get("academy") or getattr(self.request, "academy", None)
        return run_in(academy, _in_its_language, self.run, *args, **kwargs)


def _in_its_language(work, *args, **kwargs):
    """Do what a task does in the language of the academy's emails and certificates."""
    from django.utils import translation

    from academies.tenants.languages import page_language

    with translation.override(page_language()):
        return work(*args, **kwargs)


app = Celery("lyceum", task_cls=AcademyTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@before_task_publish.connect
def name_the_academy(headers=None, **kwargs) -> None:
    """Write the current academy into the message, unless the sender did or the task is the platform's own."""
    from django.db import connection
    from django_tenants.utils import get_public_schema_name

    if headers is not None and "academy" not in headers and connection.schema_name != get_public_schema_name():
        headers["academy"] = connection.schema_name


@worker_init.connect
@beat_init.connect
def refuse_to_run_without_a_key(**kwargs) -> None:
    from lyceum import secret_key

    secret_key.require()


@worker_init.connect
def refuse_shared_connections(**kwargs) -> None:
    """End a worker whose database connection would mix academies up; a signal's other errors are only logged."""
    from academies.tenants import check_pgbouncer

    try:
        check_pgbouncer.refuse_shared()
    except check_pgbouncer.SharedConnection as error:
        raise SystemExit(str(error)) from error


@worker_ready.connect
def say_that_tasks_are_taken(**kwargs) -> None:
    """Write a file, where one is asked for: whoever started the worker may wait for it."""
    if os.environ.get("WORKER_READY_FILE"):
        Path(os.environ["WORKER_READY_FILE"]).touch()
