"""Database connections: a closed one is replaced before a request uses it, without an extra query."""

import pytest
from django.db import connection

from academies.tenants.backend import base


@pytest.fixture
def database_connection(north):
    """A connection of a worker between two requests."""
    copy = connection.copy()
    copy.settings_dict = {**connection.settings_dict, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 300}
    copy.set_tenant(connection.tenant)
    assert process_of(copy)
    next_request(copy)
    assert process_of(copy)
    yield copy
    copy.close()


def process_of(database):
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def next_request(database):
    database.close_if_unusable_or_obsolete()


def test_a_connection_that_lives_is_kept_without_asking_the_server(database_connection, monkeypatch):
    before = process_of(database_connection)
    with monkeypatch.context() as watched:
        watched.setattr(base.base.DatabaseWrapper, "is_usable", lambda self: pytest.fail("the server was asked"))
        next_request(database_connection)
        after = process_of(database_connection)

    assert after == before


def test_a_connection_that_the_server_closed_is_replaced(database_connection):
    before = process_of(database_connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])

    next_request(database_connection)

    assert process_of(database_connection) != before


def test_after_a_rest_the_server_is_asked(database_connection, monkeypatch):
    checks = []
    with monkeypatch.context() as watched:
        watched.setattr(base.base.DatabaseWrapper, "is_usable", lambda self: checks.append(1) or True)
        watched.setattr(base, "ASK_SERVER_EVERY", 0.0)
        next_request(database_connection)
        process_of(database_connection)

    assert checks == [1]
