"""PgBouncer: the check refuses to start behind transaction pooling."""

import pytest
from celery.signals import worker_init
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created

from academies.tenants import check_pgbouncer, schema_template
from lyceum import celery, gunicorn_conf
from tests.fixtures.transaction_pooler import Pooler

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(monkeypatch):
    with Pooler() as running:
        monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        monkeypatch.setitem(connection.settings_dict, "PORT", str(running.port))
        yield


def test_a_direct_connection_is_one_s_own():
    assert not check_pgbouncer.is_shared()


def test_a_pooler_that_shares_connections_is_found(shared):
    assert check_pgbouncer.is_shared()


def test_a_wandering_connection_is_found_where_nobody_carries_its_settings(monkeypatch):
    """Before PostgreSQL 18 the server doesn't tell `search_path`, so that a pooler can't restore it; luck isn't enough."""

    class Wandering:
        calls = 0

        info = property(lambda self: self)

        def parameter_status(self, name):
            return None

        def execute(self, query):
            self.calls += 1
            return self

        def fetchone(self):
            return "lyceum_canary_0", 100 + self.calls

    processes: dict[int, int] = {}
    wandering = Wandering()

    assert not check_pgbouncer.is_disturbed([wandering], processes)
    assert check_pgbouncer.is_disturbed([wandering], processes)


def test_the_web_server_refuses(shared):
    with pytest.raises(RuntimeError, match=r"refuses to start: .* pool_mode = session"):
        gunicorn_conf.on_starting(None)


def test_a_worker_refuses(shared):
    heard = [receiver() for _, receiver in worker_init.receivers]

    assert celery.refuse_shared_connections in heard
    with pytest.raises(SystemExit, match="refuses to start"):
        celery.refuse_shared_connections()


def test_migrating_refuses(shared, monkeypatch):
    monkeypatch.setattr(schema_template, "migrate", lambda schema: pytest.fail("nothing may be migrated"))

    with pytest.raises(CommandError, match="refuses to start"):
        call_command("migrate_schemas")


def test_looking_leaves_no_connection_for_forks_to_inherit():
    # A worker that shares its parent's connection reads the answers to somebody else's questions.
    opened = []
    connection_created.connect(lambda **kwargs: opened.append(kwargs), weak=False, dispatch_uid="test_pooler")

    check_pgbouncer.is_shared()

    assert connection_created.disconnect(dispatch_uid="test_pooler")
    assert opened == []


def test_where_code_is_reloaded_the_parent_knows_none_of_it(monkeypatch):
    monkeypatch.setattr(gunicorn_conf, "preload_app", False)
    monkeypatch.setattr(
        check_pgbouncer, "refuse_shared", lambda: pytest.fail("workers would be born with the code of yesterday")
    )

    gunicorn_conf.on_starting(None)


def test_a_database_that_is_away_stops_nobody(monkeypatch, caplog):
    def away():
        raise OperationalError("connection refused")

    monkeypatch.setattr(check_pgbouncer, "is_shared", away)

    check_pgbouncer.refuse_shared()

    assert "could not be looked at" in caplog.text
