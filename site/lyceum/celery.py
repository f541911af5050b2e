"""The Celery app. A task runs in the academy named in its message, and fails without one."""

import os
from pathlib import Path

from django.conf import settings as django_settings

import lyceum  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lyceum.settings")
# True only where Celery loads this file before Django's settings: in the worker and in the clock.
if not django_settings.configured:
    os.environ.setdefault("PROCESS", "worker")

from celery import Celery, Task
from celery.signals import beat_init, before_task_publish, worker_init, worker_ready


class AcademyTask(Task):
    """A task that runs in the schema named by its `academy` header."""

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
def add_academy_header(headers=None, **kwargs) -> None:
    """Add the current academy to the message, unless the sender did or the code runs in `public`."""
    from django.db import connection
    from django_tenants.utils import get_public_schema_name

    if headers is not None and "academy" not in headers and connection.schema_name != get_public_schema_name():
        headers["academy"] = connection.schema_name


@worker_init.connect
@beat_init.connect
def require_secret_key(**kwargs) -> None:
    from lyceum import secret_key

    secret_key.require()


@worker_init.connect
def refuse_shared_connections(**kwargs) -> None:
    """Exit if the database connection would mix academies up; Celery only logs other errors of signal handlers."""
    from academies.tenants import check_pgbouncer

    try:
        check_pgbouncer.refuse_shared()
    except check_pgbouncer.SharedConnection as error:
        raise SystemExit(str(error)) from error


@worker_ready.connect
def write_ready_file(**kwargs) -> None:
    """Create WORKER_READY_FILE, if set, for a process that waits until the worker accepts tasks."""
    if os.environ.get("WORKER_READY_FILE"):
        Path(os.environ["WORKER_READY_FILE"]).touch()
