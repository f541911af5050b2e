"""Database connections: a closed one is replaced before a request uses it, without an extra query."""

import pytest
from django.db import connection

from academies.tenants.backend import base


@pytest.fixture
def kept(north):
    """A connection of a worker between two requests."""
    kept = connection.copy()
    kept.settings_dict = {**connection.settings_dict, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 300}
    kept.set_tenant(connection.tenant)
    assert process_of(kept)
    next_request(kept)
    assert process_of(kept)
    yield kept
    kept.close()


def process_of(one):
    with one.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def next_request(one):
    one.close_if_unusable_or_obsolete()


def test_a_connection_that_lives_is_kept_without_asking_the_server(kept, monkeypatch):
    before = process_of(kept)
    with monkeypatch.context() as watched:
        watched.setattr(base.base.DatabaseWrapper, "is_usable", lambda self: pytest.fail("the server was asked"))
        next_request(kept)
        after = process_of(kept)

    assert after == before


def test_a_connection_that_the_server_closed_is_replaced(kept):
    before = process_of(kept)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])

    next_request(kept)

    assert process_of(kept) != before


def test_after_a_rest_the_server_is_asked(kept, monkeypatch):
    asked = []
    with monkeypatch.context() as watched:
        watched.setattr(base.base.DatabaseWrapper, "is_usable", lambda self: asked.append(1) or True)
        watched.setattr(base, "_ASK_SERVER_EVERY", 0.0)
        next_request(kept)
        process_of(kept)

    assert asked == [1]
