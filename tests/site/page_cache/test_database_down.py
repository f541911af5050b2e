"""Page cache while the database is down: cached pages stay up, changed ones aren't served."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from academies.tenants import cache_version, queries
from academies.tenants.models import Academy
from catalog.courses.models import CoursePage
from catalog.offerings.models import Offering
from lyceum.page_cache import store
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db

PATH = "/courses/sourdough/"


@pytest.fixture(autouse=True)
def page_cache(settings, monkeypatch):
    settings.PAGE_CACHE_SECONDS, settings.PAGE_CACHE_STALE_SECONDS = 300, 3600
    # A test machine may be slow.
    monkeypatch.setattr(cache_version, "READ_SHARED_EVERY", 3600)
    monkeypatch.setattr(queries, "COMPARE_EVERY", 1e9)
    store.forget()
    cache_version.forget()
    yield
    store.forget()
    cache_version.forget()


@pytest.fixture
def database(monkeypatch):
    """A database that may go away."""

    class Database:
        queries_sent = 0

        def go(self):
            def cursor(*args, **kwargs):
                self.queries_sent += 1
                raise OperationalError("server closed the connection unexpectedly")

            self.patch = pytest.MonkeyPatch()
            self.patch.setattr(connection, "cursor", cursor)

        def come_back(self):
            self.patch.undo()

    lost_database = Database()
    yield lost_database
    if hasattr(lost_database, "patch"):
        lost_database.come_back()


def get(path=PATH, *, client=None, **headers):
    client = client or Client()
    client.raise_request_exception = False
    return client.get(path, headers={"host": "north.localhost", **headers})


@pytest.fixture
def expired_page(north, time_machine):
    """A page that was kept, and is over."""
    catalog_factory.whole_course()
    first = get()
    assert first["X-Cache"] == "miss"
    time_machine.move_to(timezone.now() + timedelta(seconds=400))
    return first


def test_an_expired_page_is_shown_while_the_database_is_away(expired_page, database):
    database.go()

    stale = get()

    assert (stale.status_code, stale["X-Cache"]) == (200, "stale")
    assert stale.content == expired_page.content
    assert stale["Warning"].startswith("110")
    assert stale["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert get(if_none_match=stale["ETag"]).status_code == 304
    assert Client().head(PATH, headers={"host": "north.localhost"})["X-Cache"] == "stale"


def test_the_database_is_asked_again_every_few_seconds_only(expired_page, database, time_machine):
    database.go()
    get()
    queries_sent = database.queries_sent
    assert queries_sent

    assert get()["X-Cache"] == "stale"
    assert database.queries_sent == queries_sent

    time_machine.shift(6)
    assert get()["X-Cache"] == "stale"
    assert database.queries_sent > queries_sent


def test_a_page_is_made_anew_when_it_is_back(expired_page, database, time_machine):
    database.go()
    assert get()["X-Cache"] == "stale"

    database.come_back()
    time_machine.shift(6)

    assert (get()["X-Cache"], get()["X-Cache"]) == ("miss", "hit")
    assert "Warning" not in get()


def test_what_other_processes_kept_is_shown_too(expired_page, database):
    store.forget()
    database.go()

    assert get()["X-Cache"] == "stale"


def test_a_page_that_was_changed_since_is_not_shown(expired_page, database, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        cache_version.bump()
    database.go()

    assert get().status_code >= 500


def test_a_page_that_nobody_kept_is_not_there(expired_page, database):
    database.go()

    assert get("/courses/sourdough/begin/flour/").status_code >= 500


def test_nobody_signed_in_gets_a_strangers_page(expired_page, learner, database):
    client = Client()
    client.force_login(learner)
    database.go()

    assert get(client=client).status_code >= 500
    assert get()["X-Cache"] == "stale"


def test_a_fault_of_the_page_is_not_hidden(expired_page, monkeypatch):
    def fails(*args, **kwargs):
        raise ValueError("a fault of ours")

    monkeypatch.setattr(CoursePage, "serve", fails)

    assert get().status_code == 500


def test_not_for_ever(expired_page, database, time_machine):
    time_machine.shift(3600)
    database.go()

    assert get().status_code >= 500


def test_what_ended_by_itself_is_shown_as_it_was(north, database, time_machine):
    two_minutes = 2 / (24 * 60)
    event = catalog_factory.event(days=two_minutes)
    get("/api/v2/events/")
    time_machine.move_to(Offering.objects.get(page=event).registration_ends_at)
    database.go()

    assert get("/api/v2/events/")["X-Cache"] == "stale"


def test_a_suspended_academy_stays_closed(expired_page, database):
    Academy.objects.filter(schema_name="north").update(status=Academy.Status.SUSPENDED)
    queries.forget()
    try:
        assert get().status_code == 503
        database.go()

        assert get().status_code == 503
        assert b"Sourdough" not in get().content
    finally:
        database.come_back()
        Academy.objects.filter(schema_name="north").update(status=Academy.Status.LIVE)
        queries.forget()


def test_an_academy_is_recalled_unless_something_changed(expired_page, database):
    database.go()
    registry = queries.registry

    registry.look_again(registry.mark)
    assert get()["X-Cache"] == "stale"
    registry.look_again(None)
    assert get()["X-Cache"] == "stale"
    registry.compare("another mark")
    assert get().status_code >= 500

    database.come_back()
    queries.forget()
