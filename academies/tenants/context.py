"""Enter an academy in tasks, threads and commands.

Don't use an academy as its own context manager: django-tenants stores the previous tenant on the class, which isn't
thread-safe.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, tenant_context

from academies.tenants import queries
from academies.tenants.models import Academy


class NoAcademy(RuntimeError):
    """Code that needs an academy was started without one. There is no fallback to `public`."""


def current_schema() -> str:
    """Return the schema of this thread's connection: an academy's, or `public`."""
    return str(connection.schema_name)  # type: ignore[attr-defined]


@contextmanager
def inside(name: str | None) -> Iterator[Academy]:
    """Run a block inside one academy, in its schema and its time zone.

    Raises NoAcademy for no schema or `public`, and Academy.DoesNotExist for one that isn't registered.
    """
    if not name or name == get_public_schema_name():
        raise NoAcademy("this needs an academy and was given none")
    academy = queries.academy_in(name)
    with tenant_context(academy), timezone.override(academy.zone):
        yield academy
        if current_schema() != name:
            raise NoAcademy(f"began in {name} and ended in {current_schema()}")


def run_in(schema: str | None, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with inside(schema):
        return work(*args, **kwargs)


def tenant_thread(work: Callable[..., Any], *args: Any, **kwargs: Any) -> threading.Thread:
    """Start a thread in the academy of the calling thread, on its own connection, and return it."""
    schema = current_schema()

    def run() -> None:
        try:
            run_in(schema, work, *args, **kwargs)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
