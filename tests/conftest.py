"""Test settings shared by all: the two academies, one database per worker, clean caches."""

import gc
import hashlib
import os
import time
from collections.abc import Generator, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker
from redis.connection import AbstractConnection
from redis.exceptions import ConnectionError as CacheGone

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.people",
    "tests.fixtures.http_client",
    "tests.fixtures.api_objects",
]


ROOT = Path(__file__).resolve().parents[1]
# They take minutes, and fault tests want the machine to themselves.
RUN_BY_NAME = ("faults", "openapi")
# They ask every address, list or role. Counting lines makes a test half as slow again, and the lines that they reach are counted
# where a test is about them.
NOT_COUNTED = (
    "tests/catalog/",
    "tests/home/",
    "tests/architecture/test_admin_by_role.py",
    "tests/site/api/",
    "tests/site/dev/test_demo.py",
    "tests/architecture/test_every_",
    "tests/site/page_cache/test_page_costs.py",
)
# What the base database is built from besides migrations.
_PLANTED_BY = (
    "academies/people/roles.py",
    "academies/tenants/grants.py",
    "academies/people/actions/roles.py",
    "home/pages/actions.py",
    "tests/fixtures/database.py",
)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave some folders to runs of their own, which name them."""
    left = [name for name in RUN_BY_NAME if not any(name in argument for argument in config.invocation_params.args)]
    return True if collection_path.parent == ROOT / "tests" and collection_path.name in left else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    from tests.fixtures.untraced import untraced

    if not item.nodeid.startswith(NOT_COUNTED):
        return (yield)
    with untraced():
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that share what their file has made behind those that begin with nothing."""
    files = groupby(items, key=lambda item: item.path)
    items[:] = [item for _, tests in files for item in sorted(tests, key=lambda test: "module_db" in test.fixturenames)]


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what stays for the whole run, and look at the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def base_mark() -> str:
    from academies.tenants.schema_template import fingerprint

    mark = hashlib.sha256(fingerprint().encode())
    # Apps declare there what each role may do.
    declared = sorted(
        file for layer in ("academies", "catalog", "commerce", "home") for file in (ROOT / layer).glob("*/apps.py")
    )
    for file in [*(ROOT / name for name in _PLANTED_BY), *declared]:
        mark.update(file.read_bytes())
    return mark.hexdigest()[:12]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    from tests.fixtures.database import build

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main") + os.environ.get("TEST_DB_SUFFIX", "")
    with django_db_blocker.unblock():
        build(base=f"test_{base_mark()}_base", name=f"test_{base_mark()}_{worker}")
        yield
        connections.close_all()


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """Every test begins in `public` with empty caches, and must end where it began."""
    from academies.tenants import cache_version
    from lyceum.page_cache import store

    cache.clear()
    cache_version.forget()
    store.forget()
    _keep_the_registry()
    yield
    connection.set_schema_to_public()


@pytest.fixture(autouse=True)
def _pages_are_stale_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make kept pages stale when something changes, not after the commit: a test's own transaction has none.

    The tests of the page cache itself are about that moment, so they get it as it is.
    """
    from academies.tenants import cache_version

    wait = cache_version.bump

    def bump() -> None:
        cache_version.bump_now()
        wait()

    if "page_cache" not in request.path.parts:
        monkeypatch.setattr(cache_version, "bump", bump)


@pytest.fixture
def without_page_cache(settings: Any) -> None:
    """For a test that counts the queries of a page, or asks twice for one that must be made anew."""
    settings.PAGE_CACHE_SECONDS = 0


@pytest.fixture
def without_cache_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The cache server is out of reach, and back after the test."""
    from academies.tenants import counters

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise CacheGone("no server")

    with monkeypatch.context() as patched:
        patched.setattr(AbstractConnection, "send_packed_command", refuse)
        patched.setattr(counters, "local_counters", counters.LocalCounters())
        yield
    cache.server.breaker.succeeded()


def _keep_the_registry() -> None:
    """Leave what is known of academies as it is: it would be read anew whenever its time is over, or without its mark."""
    from academies.tenants import queries

    known = queries.registry
    known.mark, known.filled_at = known.mark or "base", time.monotonic()
    connection.set_schema_to_public()
    cache.set(queries.MARK, known.mark, None)
