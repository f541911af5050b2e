"""The stage: a database with a template and two academies, made once for each version of the migrations."""

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

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


@pytest.fixture
def south(db: None) -> Iterator[object]:
    """The other academy. Most tests must leave it untouched."""
    yield from _enter("south")
