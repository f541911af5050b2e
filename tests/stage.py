"""The stage: a database with a template and two academies, made once for each version of the migrations.

And the arena: a third academy, really committed and thrown away, for tests with real threads. It isn't for other tests:
making it takes a second.
"""

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

NORTH = {"schema": "north", "name": "Northlight School of Baking", "hosts": ("north.localhost",), "currency": "GBP"}
SOUTH = {"schema": "south", "name": "Southbank Data Institute", "hosts": ("south.localhost",), "currency": "USD"}


def _server() -> psycopg.Connection:
    at = settings.DATABASES["default"]
    return psycopg.connect(
        host=at["HOST"],
        port=at["PORT"] or 5432,
        user=at["USER"],
        password=at["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    )


def build(*, stage: str, name: str) -> None:
    """Point Django at a database of this name, cloned from the stage built for these migrations."""
    with _server() as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [stage])
        if not _exists(server, stage):
            _make(server, stage)
        if not _exists(server, name):
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(stage))
            )
    _point_at(name)


def _settle(schema: str) -> None:
    """Do what making an academy has deferred, and forget it: a test must find its own messages only."""
    from academies.outbox import actions as outbox
    from academies.outbox.models import Message
    from academies.tenants.context import inside

    with inside(schema):
        outbox.drain()
        Message.objects.all().delete()


def _exists(server: psycopg.Connection, name: str) -> bool:
    return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def _make(server: psycopg.Connection, name: str) -> None:
    half = f"{name}_half"
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(half)))
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(half)))
    _point_at(half)
    from django.core.management import call_command

    from academies.tenants.actions import Wish, provision

    call_command("migrate_schemas", verbosity=0, jobs=1)
    for academy in (NORTH, SOUTH):
        provision(wish=Wish(**academy))  # type: ignore[arg-type]
        _settle(str(academy["schema"]))
    connections.close_all()
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(half), sql.Identifier(name)))


def _point_at(name: str) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _enter(schema: str) -> Iterator[object]:
    from academies.tenants import queries
    from academies.tenants.context import inside

    with inside(schema):
        yield queries.academy_in(schema)


@pytest.fixture
def north(db: None) -> Iterator[object]:
    """The academy most tests play in: GBP, entered for the length of the test."""
    yield from _enter("north")


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction for a whole file: what its fixtures make in it is there for each test, and gone after the last.

    Making a course takes ten times as long as asking for it, so a file that only asks makes it once. Each test works in a
    savepoint, and a fixture of its own hands it fresh rows. Tests of the file that make everything themselves run first. Never in
    a file with `arena`: its threads can't see what isn't committed.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        connection.set_schema_to_public()
        transaction.set_rollback(True)


@pytest.fixture
def south(db: None) -> Iterator[object]:
    """The other academy. Most tests must leave it untouched."""
    yield from _enter("south")


# How long a crowd may take before a test says that it hangs.
PATIENCE = 90.0


@pytest.fixture
def arena(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[object]:
    """A third academy (EUR) for real threads and real commits, entered for the test and discarded after it.

    Never beside `db`, `north` or `south`: their transaction would hide from the threads what the test has made.
    """
    from academies.tenants.actions import Wish, provision

    schema = "arena_" + re.sub(r"[^a-z0-9]", "", os.environ.get("PYTEST_XDIST_WORKER", "main"))
    with django_db_blocker.unblock():
        _clear(schema)
        try:
            provision(wish=Wish(schema=schema, name="The Arena", hosts=(f"{schema.replace('_', '-')}.localhost",)))
            _settle(schema)
            yield from _enter(schema)
        finally:
            connection.set_schema_to_public()
            _end_other_connections()
            _clear(schema)
            connections.close_all()


def _clear(schema: str) -> None:
    """Leave nothing of the arena, what providers told it included: that is kept in `public`."""
    from academies.inbox.models import Event
    from academies.tenants.actions import discard

    discard(schema=schema)
    Event.objects.filter(account=schema).delete()


def _end_other_connections() -> None:
    """End what a hanging thread left open: it would keep the schema from being dropped. The database is this worker's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def people_of(arena: object, count: int) -> list[Any]:
    """Make people who can't sign in, in the academy entered, in one query. Returned in the order of their ids."""
    from academies.people.models import User

    assert connection.schema_name == arena.schema_name  # type: ignore[attr-defined]
    made = [
        User(email=f"person{number}@arena.example", full_name=f"Person {number}", password="!")
        for number in range(1, count + 1)
    ]
    return sorted(User.objects.bulk_create(made), key=lambda one: one.pk)


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(0)` to `work(count - 1)` at one moment: real threads, each on its own connection, in this academy.

    Returns what each returned, or the exception it raised, in the order of the numbers.
    """
    from academies.tenants.context import thread

    gate = threading.Barrier(count)
    answers: list[Any] = [RuntimeError("this thread never finished")] * count

    def one(number: int) -> None:
        try:
            # Connect first, so that all begin the work itself together.
            connection.ensure_connection()
            gate.wait(PATIENCE)
            answers[number] = work(number)
        except BaseException as error:
            answers[number] = error

    started = [thread(one, number) for number in range(count)]
    until = time.monotonic() + PATIENCE
    for each in started:
        each.join(max(0.0, until - time.monotonic()))
    hanging = sum(each.is_alive() for each in started)
    assert not hanging, f"{hanging} of {count} threads hang"
    return answers


@contextmanager
def untraced() -> Iterator[None]:
    """Count no lines meanwhile: what is timed runs as it does in service."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)
