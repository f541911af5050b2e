"""The test database: two academies, each at its own host."""

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client

from academies.outbox.models import Message
from academies.tenants import schema_template
from home.pages.models import HomePage
from tests.fixtures import run_cache as runs

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("schema", "host"), [("north", "north.localhost"), ("south", "south.localhost")])
def test_each_academy_has_a_home_page(schema, host, request):
    academy = request.getfixturevalue(schema)

    home = HomePage.objects.get()

    assert home.title == academy.name
    assert home.full_url == f"http://{host}:8000/"


def test_no_foreign_key_leaves_an_academy(north):
    with connection.cursor() as cursor:
        cursor.execute(schema_template.LEAVING_KEYS, ["north"])

        assert cursor.fetchall() == []


def test_an_unknown_host_gets_a_plain_404():
    response = Client().get("/", headers={"host": "nowhere.localhost"})

    assert response.status_code == 404


def test_making_the_academies_has_left_nothing_to_do(north):
    assert not Message.objects.exists()


def test_emptying_the_cache_leaves_what_another_run_keeps(north, monkeypatch):
    if not isinstance(caches["default"], runs.RunsCache):
        pytest.skip("there is no cache server")
    monkeypatch.setattr(runs, "RUN", "another.main")
    cache.set("mark", "theirs", 60)
    monkeypatch.undo()
    cache.set("mark", "ours", 60)

    cache.clear()

    assert cache.get("mark") is None
    monkeypatch.setattr(runs, "RUN", "another.main")
    assert cache.get("mark") == "theirs"
    cache.clear()
