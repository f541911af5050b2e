"""Time limits: for locks, statements and lost databases."""

import contextlib
import socket
import threading
import time

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, ProgrammingError, connections
from django.test import RequestFactory
from django.urls import resolve

from academies.tenants.backend import server as database_server
from lyceum import errors
from lyceum.api import errors as api_errors
from lyceum.database_errors import Busy, DatabaseUnavailable, refusal_for

LIMITS = {"lock_timeout": 200, "statement_timeout": 400, "idle_in_transaction_session_timeout": 5000}


@pytest.fixture
def limited_connection(django_db_setup, django_db_blocker):
    """A connection as a web process has it, with short limits."""
    with django_db_blocker.unblock():
        database = connections.create_connection(DEFAULT_DB_ALIAS)
        database.settings_dict = {**database.settings_dict, "LIMITS": LIMITS}
        yield database
        database.close()


def _raised(connection, statement):
    with pytest.raises(OperationalError) as caught, connection.cursor() as cursor:
        cursor.execute(statement)
    return caught.value


def test_a_held_lock_is_waited_for_shortly_and_told_as_busy(limited_connection):
    with contextlib.closing(connections.create_connection(DEFAULT_DB_ALIAS)) as other:
        other.ensure_connection()
        other.connection.execute("SELECT pg_advisory_lock(815)")

        error = _raised(limited_connection, "SELECT pg_advisory_lock(815)")

    assert isinstance(refusal_for(error), Busy)
    assert limited_connection.is_usable()


def test_a_statement_that_takes_too_long_is_told_as_busy(limited_connection):
    error = _raised(limited_connection, "SELECT pg_sleep(5)")

    assert isinstance(refusal_for(error), Busy)


def test_a_lost_connection_is_told_as_unavailable_with_a_time_to_come_back(limited_connection):
    limited_connection.ensure_connection()
    with contextlib.closing(connections.create_connection(DEFAULT_DB_ALIAS)) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [limited_connection.connection.info.backend_pid])

    refusal = refusal_for(_raised(limited_connection, "SELECT 1"))

    assert isinstance(refusal, DatabaseUnavailable)
    assert api_errors.refusal_headers(refusal) == {"Retry-After": "5"}


def test_a_fault_of_ours_stays_one(limited_connection):
    with pytest.raises(ProgrammingError) as caught, limited_connection.cursor() as cursor:
        cursor.execute("SELECT nonsense")

    assert refusal_for(caught.value) is None
    assert refusal_for(ValueError()) is None


@pytest.fixture
def silent_server():
    """A server that takes connections and says nothing, as a stopped one does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield {"HOST": "127.0.0.1", "PORT": listener.getsockname()[1]}


def test_a_server_that_says_nothing_is_away_until_it_answers(silent_server, limited_connection, monkeypatch):
    monkeypatch.setattr(database_server, "PROBE_SECONDS", 0.2)
    monkeypatch.setattr(database_server, "PROBE_EVERY", 0.0)
    known = database_server.Server()
    knocked = threading.Event()
    monkeypatch.setattr(known, "wait_until_it_answers", lambda address: knocked.set())

    known.suspect(limited_connection.settings_dict)
    with pytest.raises(database_server.DatabaseAway):
        known.suspect(silent_server)
    began = time.monotonic()
    with pytest.raises(database_server.DatabaseAway):
        known.require()

    assert time.monotonic() - began < 0.1
    assert knocked.wait(5)


def test_a_server_without_a_single_known_address_is_assumed_up(silent_server, limited_connection):
    assert database_server.answers(limited_connection.settings_dict)
    assert not database_server.answers(silent_server, seconds=0.2)
    assert database_server.answers({**silent_server, "HOST": ""}, seconds=0.2)
    assert database_server.answers(
        {**silent_server, "HOST": "db1.example,db2.example", "PORT": "5432,5432"}, seconds=0.2
    )


def test_a_statement_is_given_up_when_the_server_stops(limited_connection, monkeypatch):
    """While the server accepts connections a slow statement continues; when it doesn't, the connection is dropped."""
    monkeypatch.setattr(database_server, "SUSPICIOUS", 0.0)
    monkeypatch.setattr(database_server, "PROBE_EVERY", 0.0)
    monkeypatch.setattr(database_server, "server", database_server.Server())
    with limited_connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.3)")

    monkeypatch.setattr(database_server, "answers", lambda address, seconds=1: False)
    monkeypatch.setattr(database_server.Server, "wait_until_it_answers", lambda self, address: None)
    error = _raised(limited_connection, "SELECT pg_sleep(0.3)")

    assert isinstance(refusal_for(error), DatabaseUnavailable)
    assert limited_connection.connection is None or limited_connection.connection.closed


@pytest.mark.parametrize(("path", "kind"), [("/api/v1/users/me/", api_errors.PROBLEM), ("/my/", "text/html")])
def test_what_leaves_a_middleware_is_answered_in_the_form_of_the_address(path, kind):
    assert resolve(path)
    try:
        raise OperationalError("gone") from psycopg.OperationalError("server closed the connection")
    except OperationalError:
        response = errors.server_error(RequestFactory().get(path))

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"].startswith(kind)
