"""Health endpoint: which component fails, without an academy and without secrets."""

import pytest
from django.db import OperationalError
from django.test import Client
from redis.exceptions import RedisError

from academies.tenants import schema_template
from academies.tenants.models import TemplateArtefact
from lyceum import health


@pytest.fixture(autouse=True)
def fresh_migration_state(monkeypatch):
    monkeypatch.setattr(health, "migration_state", health.MigrationState())


@pytest.fixture
def load_balancer():
    """A load balancer asks by address; no academy answers there."""
    return Client(headers={"host": "10.0.0.7"})


def test_alive_needs_nothing(load_balancer):
    assert load_balancer.get("/health/live").json() == {"status": "ok"}


def test_ready_when_everything_answers(load_balancer, db):
    response = load_balancer.get("/health/ready")

    assert response.json()["checks"] == {"database": "ok", "cache": "ok", "template": "ok", "academies": "ok"}
    assert response.status_code == 200


def test_an_academy_behind_in_migrations_is_named(load_balancer, db, monkeypatch):
    monkeypatch.setattr(
        schema_template, "pending_migrations", lambda schemas: [schema for schema in schemas if schema == "south"]
    )

    response = load_balancer.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"]["academies"] == "behind in migrations: south"


def test_a_missing_template_says_what_to_do(load_balancer, db):
    TemplateArtefact.objects.all().delete()

    response = load_balancer.get("/health/ready")

    assert response.status_code == 503
    assert "migrate_schemas" in response.json()["checks"]["template"]


@pytest.mark.parametrize(
    ("part", "error"),
    [("check_database", OperationalError("password=secret host=db1")), ("check_cache", RedisError("secret"))],
)
def test_what_is_out_of_reach_is_named_without_its_secrets(load_balancer, db, monkeypatch, part, error):
    def broken():
        raise error

    monkeypatch.setattr(health, part, broken)

    response = load_balancer.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"][part.removeprefix("check_")] == "out of reach"
    assert b"secret" not in response.content


def test_looking_at_all_migrations_is_not_done_each_time(load_balancer, db, monkeypatch):
    calls = []
    monkeypatch.setattr(schema_template, "pending_migrations", lambda schemas: calls.append(1) or [])

    for _ in range(5):
        load_balancer.get("/health/ready")

    assert calls == [1]


def test_an_illness_is_logged_when_it_begins_and_when_it_ends(load_balancer, db, monkeypatch, caplog):
    monkeypatch.setattr(health, "last_states", {})
    for cache, worker in (("out of reach", "ok"), ("out of reach", "silent for 181 s"), ("ok", "silent for 184 s")):
        monkeypatch.setattr(health, "check_cache", lambda state=cache: state)
        monkeypatch.setattr(health.operations, "silent", lambda now, state=worker: {"worker": state})
        load_balancer.get("/health/ready")

    assert [record.getMessage() for record in caplog.records] == [
        "readiness of the cache: out of reach",
        "readiness of the worker: silent for 181 s",
        "readiness of the cache: ok",
    ]
