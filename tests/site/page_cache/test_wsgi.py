"""Page cache in WSGI: byte-identical responses, and anything doubtful passes through."""

import os
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application

from academies.tenants import cache_version, queries
from academies.tenants.context import inside
from academies.tenants.models import Academy, Domain
from lyceum import ROOT
from lyceum.page_cache import store
from lyceum.page_cache.wsgi import WsgiCache
from tests.fixtures import catalog_factory
from tests.fixtures.wsgi_client import send_request

pytestmark = pytest.mark.django_db


class CountingServer:
    """Knocks as a WSGI server does, and counts how often Django was woken."""

    def __init__(self):
        self.woken = 0
        django = get_wsgi_application()

        def counted(environ, start_response):
            self.woken += 1
            return django(environ, start_response)

        self.lane = WsgiCache(counted)

    def get(self, path="/courses/sourdough/", method="GET", **environ):
        return send_request(self.lane, path, method, **environ)


@pytest.fixture
def server(north, settings, monkeypatch):
    settings.PAGE_CACHE_SECONDS = 300
    # A test machine may be slow.
    monkeypatch.setattr(cache_version, "READ_SHARED_EVERY", 60)
    store.forget()
    cache_version.forget()
    catalog_factory.whole_course()
    yield CountingServer()
    store.forget()
    cache_version.forget()


def test_the_mark_is_looked_at_five_times_a_second():
    assert cache_version.READ_SHARED_EVERY == 0.2


@pytest.mark.parametrize("path", ["/courses/sourdough/", "/api/v2/courses/", "/sitemap.xml"])
def test_the_same_bytes_without_waking_django(server, path):
    first, second = server.get(path), server.get(path)

    assert server.woken == 1
    assert (first.status, second.status) == ("200 OK", "200 OK")
    assert first.body == second.body
    differ = {"X-Cache", "X-Request-ID"}
    assert {k: v for k, v in first.headers.items() if k not in differ} == {
        k: v for k, v in second.headers.items() if k not in differ
    }
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit")
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


def test_a_comparison_is_answered_with_nothing_new(server):
    etag = server.get().headers["ETag"]

    same, other = server.get(HTTP_IF_NONE_MATCH=etag), server.get(HTTP_IF_NONE_MATCH='"other"')

    assert (same.status, same.body, same.headers["ETag"]) == ("304 Not Modified", b"", etag)
    assert other.status == "200 OK"
    assert server.woken == 2


@pytest.mark.parametrize(
    "environ",
    [
        {"method": "HEAD"}, {"method": "POST"}, {"HTTP_COOKIE": "sessionid=x"}, {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_RANGE": "bytes=0-1"}, {"QUERY_STRING": "page=2"}, {"HTTP_HOST": "south.localhost"},
        {"wsgi.url_scheme": "https"}, {"HTTP_COOKIE": "sessionid =x"},
    ],
)  # fmt: skip
def test_another_question_wakes_django(server, environ):
    server.get()

    server.get(**environ)

    assert server.woken == 2


def test_what_changes_no_page_wakes_nobody(server):
    server.get()

    for environ in ({"HTTP_ACCEPT_LANGUAGE": "es"}, {"HTTP_ORIGIN": "https://else.example"}, {"HTTP_ACCEPT": "*/*"}):
        assert server.get(**environ).headers["X-Cache"] == "hit"
    assert server.woken == 1


def test_languages_and_envelopes_of_the_api_have_answers_of_their_own(server):
    path = "/api/v2/courses/"
    plain, spanish = server.get(path), server.get(path, HTTP_ACCEPT_LANGUAGE="es")
    wrapped = server.get(path, HTTP_ACCEPT="application/vnd.lyceum.envelope+json")

    assert server.woken == 3
    assert [response.headers["Content-Language"] for response in (plain, spanish)] == ["en", "es"]
    for environ, first in (({}, plain), ({"HTTP_ACCEPT_LANGUAGE": "es-MX,es;q=0.9"}, spanish)):
        assert server.get(path, **environ).body == first.body
    assert server.get(path, HTTP_ACCEPT="application/vnd.lyceum.envelope+json").body == wrapped.body
    assert server.woken == 3


def test_origins_that_the_academy_does_not_know_take_no_place(server):
    for number in range(3):
        server.get("/api/v2/courses/", HTTP_ORIGIN=f"https://{number}.example")

    assert server.woken == 3
    assert not server.lane.partitions.partitions


def test_a_cookie_that_counts_visits_does_not(server):
    server.get()

    assert server.get(HTTP_COOKIE="_ga=GA1.2.3; csrftoken=abc").headers["X-Cache"] == "hit"
    assert server.woken == 1


def test_a_callers_own_request_id_comes_back_when_it_is_harmless(server):
    server.get()

    assert server.get(HTTP_X_REQUEST_ID="abc-1").headers["X-Request-ID"] == "abc-1"
    assert server.get(HTTP_X_REQUEST_ID="<script>").headers["X-Request-ID"] != "<script>"


def test_what_is_stale_is_made_again(server, django_capture_on_commit_callbacks):
    server.get()

    with django_capture_on_commit_callbacks(execute=True):
        cache_version.bump()

    assert server.get().headers["X-Cache"] == "miss"


def test_what_another_process_changed_is_seen_when_the_mark_is_looked_at_again(server, monkeypatch):
    server.get()
    with inside("north"):
        cache.set("public-mark", "changed by somebody else", None)

    assert server.get().headers["X-Cache"] == "hit"

    monkeypatch.setattr(cache_version, "READ_SHARED_EVERY", 0)
    assert server.get().headers["X-Cache"] == "miss"


def test_a_closed_academy_is_closed_here_too(server):
    server.get()
    Academy.objects.filter(schema_name="north").update(status=Academy.Status.SUSPENDED)
    queries.forget()
    cache_version.forget()

    assert server.get().status.startswith("503")
    Academy.objects.filter(schema_name="north").update(status=Academy.Status.LIVE)
    queries.forget()


def test_a_host_that_moves_to_another_academy_shows_that_one(server):
    with inside("south"):
        catalog_factory.course("Statistics")
    server.get("/courses/")
    other = Domain.objects.create(
        domain="moved.localhost", tenant=Academy.objects.get(schema_name="north"), is_primary=False
    )
    queries.forget()
    environ = {"path": "/courses/", "HTTP_HOST": "moved.localhost"}
    assert b"Sourdough" in server.get(**environ).body
    assert server.get(**environ).headers["X-Cache"] == "hit"

    Domain.objects.filter(pk=other.pk).update(tenant=Academy.objects.get(schema_name="south"))
    queries.forget()

    assert b"Statistics" in server.get(**environ).body
    queries.forget()


def test_an_academy_that_is_deleted_has_nobody_left_to_be_told(db):
    academy = Academy.objects.create(schema_name="gone_soon", name="Gone", status=Academy.Status.LIVE)
    queries.forget()

    academy.delete()

    assert not Academy.objects.filter(schema_name="gone_soon").exists()


def test_a_server_starts_with_it():
    script = "from lyceum.wsgi import application; print(type(application.__wrapped__).__name__)"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "lyceum_dev.settings_test", "PYTHONPATH": str(ROOT / "site")}

    # Where nothing of Django was loaded before, as in a server.
    shown = subprocess.run([sys.executable, "-c", script], check=True, env=env, capture_output=True, text=True)

    assert shown.stdout.strip() == "RootOnly"
