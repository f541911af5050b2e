"""Page cache limits: strangers can't fill it, and it never stores personal responses."""

from types import SimpleNamespace

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from academies.tenants import cache_version
from academies.tenants.context import inside
from lyceum.page_cache import policy, store
from lyceum.page_cache.store import Entry, Partition, PartitionedStore
from tests.fixtures import catalog_factory


def entry(size=10_000, mark="m"):
    return Entry(b"x" * size, "", {}, 0, mark)


def key(path="/", query="", schema="north"):
    return (schema, path, query, "", "http://north.localhost", "")


def test_a_full_store_evicts_what_was_least_used():
    partition = Partition(most=3 * 12_000)
    for name in ("a", "b", "c"):
        partition.put((name,), entry())

    partition.get(("a",))
    partition.put(("d",), entry())

    assert [partition.get((name,)) is not None for name in ("a", "b", "c", "d")] == [True, False, True, True]


def test_an_academy_pushes_out_only_its_own():
    partitions = PartitionedStore()
    partitions.put(("south", False), key(schema="south"), entry())

    for number in range(2000):
        partitions.put(("north", False), key(f"/{number}/"), entry())

    assert partitions.get(("south", False), key(schema="south"))
    assert partitions.partitions["north", False].held <= store.SHARES[False]


def test_invented_queries_push_out_only_queries():
    partitions = PartitionedStore()
    partitions.put(("north", False), key(), entry())

    for number in range(2000):
        partitions.put(("north", True), key("/", f"q={number}"), entry())

    assert partitions.get(("north", False), key())
    assert partitions.partitions["north", True].held <= store.SHARES[True]


def test_all_academies_together_are_bounded():
    partitions = PartitionedStore(most=200_000)
    for number in range(100):
        partitions.put((f"academy_{number}", False), key(schema=f"academy_{number}"), entry())

    assert sum(partition.held for partition in partitions.partitions.values()) <= 200_000
    assert partitions.get(("academy_99", False), key(schema="academy_99"))


def test_places_in_the_cache_server_are_counted(monkeypatch):
    def names(keys):
        stored = set()
        monkeypatch.setattr(store, "cache", SimpleNamespace(set=lambda name, *_: stored.add(name)))
        for each in keys:
            store.put(each, entry(1), 60)
        store.forget()
        return stored

    places = names(key("/", f"q={number}") for number in range(5000))
    pages = names(key(f"/{number}/") for number in range(5000))

    assert len(places) <= store.SLOTS[True]
    assert len(pages) <= store.SLOTS[False]
    assert not places & pages


@pytest.mark.django_db
def test_a_place_taken_by_another_key_gives_nothing(north, settings, monkeypatch):
    monkeypatch.setitem(store.SLOTS, False, 1)
    store.forget()
    now = 1e9
    store.put(key("/a/"), Entry(b"a", "", {}, now + 60, "m"), 60)
    store.put(key("/b/"), Entry(b"b", "", {}, now + 60, "m"), 60)
    store.forget()

    assert store.get(key("/a/"), "m", now) is None
    assert store.get(key("/b/"), "m", now).body == b"b"
    assert store.get(key("/b/"), "another mark", now) is None
    store.forget()


@pytest.mark.django_db
def test_what_no_page_reads_is_answered_and_not_kept(north, settings, monkeypatch):
    settings.PAGE_CACHE_SECONDS = 300
    cache_version.forget()
    store.forget()
    course = catalog_factory.whole_course()
    stored = []
    monkeypatch.setattr(store, "put", lambda key, *_: stored.append(key))
    spelled = [
        "/courses/?utm_source=x", "/courses/?page=1&x=1", f"/courses/?q={'x' * 500}", "/api/v2/courses/?_=1",
        f"/api/v2/courses/0{course.pk}/", f"/api/v2/courses/{course.pk}/?x=1",
    ]  # fmt: skip
    for path in spelled:
        assert Client().get(path, headers={"host": "north.localhost"}).status_code == 200
    for host in ("NORTH.localhost", "north.localhost.", "north.localhost:99"):
        assert Client().get("/courses/", headers={"host": host}).status_code == 200
    for origin in ("https://1.example", "https://2.example"):
        Client().get("/api/v2/venues/", headers={"host": "north.localhost", "origin": origin})
    assert [(path, origin) for _, path, *_, origin in stored] == [("/api/v2/venues/", ""), ("/api/v2/venues/", "")]

    for path in ("/courses/?page=1", f"/api/v2/courses/{course.pk}/"):
        Client().get(path, headers={"host": "north.localhost:8000"})
    assert len(stored) == 4


def test_every_parameter_of_a_public_list_is_known():
    from commerce.storefront import api_v1 as reading
    from lyceum.api.routers import v2

    endpoints = [view for view in v2._endpoints.values() if not getattr(view, "authentication_classes", [1])]
    lists = [view for view in endpoints if hasattr(view, "extra_parameters")] + [reading.Courses, reading.Events]
    assert len(lists) > 5
    for view in lists:
        names = {"order", "search", "search_operator", *view.paging, *view.filters, *view.extra_parameters}
        assert names <= policy.API_PARAMETERS, view


# --- what belongs to somebody ---------------------------------------------------------------------------------------
class Session:
    accessed = True

    def __init__(self, *, empty):
        self.empty = empty

    def is_empty(self):
        return self.empty


def public(**headers):
    return HttpResponse("x", headers={"Cache-Control": "public, max-age=0", **headers})


def request_with(*, session=None, **environ):
    request = RequestFactory().get("/", **environ)
    if session is not None:
        request.session = session
    return request


def test_a_response_is_kept_only_when_nothing_in_it_is_one_visitors():
    with_cookie = public()
    with_cookie.set_cookie("a", "b")
    person = request_with()
    person.user = type("Person", (), {"is_authenticated": True})()

    assert policy.may_be_stored(request_with(session=Session(empty=True)), public())
    assert not policy.may_be_stored(request_with(session=Session(empty=False)), public())
    assert not policy.may_be_stored(person, public())
    assert not policy.may_be_stored(request_with(CSRF_COOKIE_NEEDS_UPDATE=True), public())
    assert not policy.may_be_stored(request_with(), with_cookie)
    assert not policy.may_be_stored(request_with(), StreamingHttpResponse([b"x"], headers={"Cache-Control": "public"}))
    assert not policy.may_be_stored(request_with(), public(Vary="User-Agent"))
    for directive in ("private", "public, no-store", "no-cache, public", "", "max-age=60"):
        assert not policy.may_be_stored(request_with(), HttpResponse("x", headers={"Cache-Control": directive}))
    for status in (201, 206, 301, 404, 500):
        assert not policy.may_be_stored(
            request_with(), HttpResponse("x", status=status, headers={"Cache-Control": "public"})
        )


def test_a_request_adds_something_only_when_it_brings_nothing_of_its_own():
    assert policy.may_store(request_with())
    assert policy.may_store(request_with(HTTP_COOKIE="_ga=1"))
    for brought in (
        {"HTTP_COOKIE": "sessionid =x"}, {"HTTP_COOKIE": "csrftoken=x"}, {"HTTP_COOKIE": "a;messages=x"},
        {"HTTP_AUTHORIZATION": "Basic x"}, {"CONTENT_LENGTH": "3"}, {"HTTP_TRANSFER_ENCODING": "chunked"},
    ):  # fmt: skip
        assert not policy.may_store(request_with(**brought)), brought


def test_all_that_the_key_does_not_hold_is_hidden_and_comes_back():
    request = request_with(
        HTTP_COOKIE="_ga=1", HTTP_USER_AGENT="x", HTTP_ACCEPT_LANGUAGE="es", HTTP_ORIGIN="https://x.example"
    )
    before = dict(request.META)
    assert request.COOKIES
    assert request.headers["User-Agent"]

    with policy.hide_all_but(request, ("north", "/", "", "en", "", "")):
        assert request.COOKIES == {}
        assert "User-Agent" not in request.headers
        assert (request.META["HTTP_ACCEPT_LANGUAGE"], request.META.get("HTTP_ORIGIN")) == ("en", None)

    assert before == request.META
    assert request.COOKIES == {"_ga": "1"}


@pytest.mark.django_db
def test_the_places_of_an_academy_are_its_own(north, south):
    stored = Entry(b"north", "", {}, 1e12, "m")
    with inside("north"):
        store.put(key(), stored, 60)
    store.forget()

    with inside("south"):
        assert store.get(key(), "m", 0) is None
    with inside("north"):
        assert store.get(key(), "m", 0).body == b"north"
