"""Cache server that freezes: one short timeout, and no stale values after it recovers."""

import threading
import time

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from academies.kernel.breaker import Breaker, State
from academies.tenants import cache_server, cache_version
from academies.tenants.cache import AcademyCache
from lyceum.api import throttling
from tests.fixtures import catalog_factory
from tests.fixtures.cache_server import CacheServer

WAIT = 0.3


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_server, "PAUSE", 0.5)
    # What the process learnt of the server of another test, which had the same port.
    monkeypatch.setattr(cache_server, "servers", {})
    running = CacheServer.start(tmp_path)
    yield running
    running.stop()


def cache_at(server):
    return AcademyCache(
        server.url,
        {
            "KEY_FUNCTION": "academies.tenants.cache.key",
            "OPTIONS": {"socket_timeout": WAIT, "socket_connect_timeout": WAIT},
        },
    )


@pytest.fixture
def shared(server):
    return cache_at(server)


@pytest.fixture
def failures(monkeypatch):
    """How often the server was waited for in vain."""
    waited = []
    failed = Breaker.failed

    def counted(self):
        waited.append(self.name)
        failed(self)

    monkeypatch.setattr(Breaker, "failed", counted)
    return waited


def wait_until(true):
    """Wait for the breaker to try again."""
    for _ in range(200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come back")


def test_it_is_waited_for_once(server, shared, failures):
    shared.server.breaker.pause = 60
    shared.set("a", 1)
    server.freeze()

    began = time.monotonic()
    values = [shared.get("a", "nothing") for _ in range(100)]
    shared.set("b", 2)

    assert values == ["nothing"] * 100
    assert len(failures) == 1
    # 30 s without a limit. A machine that tests is slow.
    assert time.monotonic() - began < 5


def test_threads_do_not_wait_one_after_the_other(server, shared, failures):
    shared.server.breaker.pause = 60
    shared.set("a", 1)
    server.freeze()
    began = time.monotonic()

    threads = [threading.Thread(target=lambda: [cache_at(server).get("a") for _ in range(5)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert 1 <= len(failures) <= 8
    assert time.monotonic() - began < 5


def test_one_caller_tries_again_after_some_seconds(server, shared, failures):
    shared.set("a", 1)
    server.freeze()
    shared.get("a")
    assert len(failures) == 1

    time.sleep(0.6)
    for _ in range(20):
        shared.get("a")
    assert len(failures) == 2

    server.go_on()
    wait_until(lambda: shared.get("a") == 1)
    assert shared.server.breaker.state == State.CLOSED


def test_what_could_not_be_written_is_not_there_when_it_goes_on(server, shared):
    shared.set_many({"late": "old", "skipped": "old", "deleted": "old", "many": "old", "untouched": "old"})
    server.freeze()
    # The first is taken by the kernel and carried out when the server goes on; the others are not even sent.
    shared.set("late", "older than what was written since by nobody")
    shared.set("skipped", "new")
    shared.delete("deleted")
    shared.set_many({"many": "new"})

    server.go_on()
    wait_until(lambda: shared.get("untouched") == "old")

    assert [shared.get(name) for name in ("late", "skipped", "deleted", "many")] == [None] * 4
    shared.set("skipped", "newer")
    assert shared.get("skipped") == "newer"


def test_more_than_can_be_remembered_empties_it(server, shared, monkeypatch):
    monkeypatch.setattr(cache_server, "MOST_OUTDATED", 3)
    shared.set("kept", "old")
    server.freeze()
    for number in range(10):
        shared.set(f"key {number}", 1)

    server.go_on()
    wait_until(lambda: shared.server.breaker.state == State.CLOSED or shared.get("kept"))

    assert shared.get("kept") is None


def test_a_counter_tells_at_once_and_counts_again(server, shared, failures):
    assert [shared.count("tries", 1, 60) for _ in range(2)] == [1, 2]
    server.freeze()

    for _ in range(3):
        with pytest.raises(RedisError):
            shared.count("tries", 1, 60)
    assert len(failures) == 1

    server.go_on()
    wait_until(shared.is_reachable)
    assert shared.count("tries", 1, 60) >= 3


# --- whole requests -------------------------------------------------------------------------------------------------
@pytest.fixture
def frozen_cache(server, settings, north):
    """The product on a cache server that stands still from now on."""
    server_settings = {
        "BACKEND": "academies.tenants.cache.AcademyCache", "LOCATION": server.url,
        "KEY_FUNCTION": "academies.tenants.cache.key",
        "OPTIONS": {"socket_timeout": WAIT, "socket_connect_timeout": WAIT},
    }  # fmt: skip
    settings.CACHES = {name: {**server_settings, "KEY_PREFIX": name} for name in ("default", "renditions")}
    settings.PAGE_CACHE_SECONDS = 300
    cache_version.forget()
    catalog_factory.whole_course()
    cache.set("warm", 1)
    yield server
    cache_version.forget()


@pytest.mark.django_db
def test_pages_and_health_go_on_without_it(frozen_cache, failures):
    cache_server.server_at(frozen_cache.url).breaker.pause = 60
    frozen_cache.freeze()
    client = Client(headers={"host": "north.localhost"})

    assert client.get("/health/live").status_code == 200
    assert not failures
    for path in ("/courses/sourdough/", "/courses/", "/api/v2/courses/", "/account/login/"):
        assert client.get(path).status_code == 200
    assert client.get("/health/ready").json()["checks"]["cache"] == "out of reach"
    assert [throttling.count("rate", 60) for _ in range(3)] == [1, 2, 3]

    assert len(failures) == 1


@pytest.mark.django_db
def test_what_changed_meanwhile_is_seen_when_it_goes_on(frozen_cache, django_capture_on_commit_callbacks, monkeypatch):
    before = cache_version.current("north")
    frozen_cache.freeze()

    with django_capture_on_commit_callbacks(execute=True):
        cache_version.bump()
    assert cache_version.current("north") != before

    frozen_cache.go_on()
    wait_until(lambda: cache.is_reachable())
    cache_version.forget()
    after = cache_version.current("north")
    assert after != before

    # And now all processes agree again.
    cache_version.forget()
    assert cache_version.current("north") == after
