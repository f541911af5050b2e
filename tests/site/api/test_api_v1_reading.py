"""/api/v1/ reading endpoints: the content of /api/v2/ in their own pages, public content only for strangers."""

from collections.abc import Mapping

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.serializers import DictField
from wagtail.models import PageViewRestriction

from academies.outbox.actions import drain
from academies.tenants import cache_version
from academies.tenants.context import inside
from catalog.api.schema import serializer_of
from catalog.courses.models import CourseInstructor, Instructor
from catalog.events.models import EventSpeaker, Venue
from catalog.offerings.models import Offering
from commerce.storefront import api_v1 as endpoints
from lyceum.page_cache import store
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db

API = "/api/v1/"
LISTS = ("courses/", "courses/categories/", "instructors/", "events/")
# Who teaches a course, as a name among the lists.
PEOPLE = "people"
# Where v2 keeps the same things.
TWINS = {"courses/categories/": "categories/"}


def client() -> Client:
    return Client(headers={"host": "north.localhost"}, raise_request_exception=False)


def get(path, **headers):
    return client().get(API + path, headers=headers)


def listed(path):
    response = get(path)
    assert response.status_code == 200, response.content
    return response.json()


def titles(path):
    return [item["title"] for item in listed(path)["results"]]


def furnish(numbers):
    cover, category = catalog_factory.picture("Cover"), catalog_factory.category()
    for number in numbers:
        course = catalog_factory.whole_course(f"Course {number}", cover=cover, category=category, faq=[
            ("question", {"question": "Need an oven?", "answer": "Yes."})
        ], gives_certificate=True)  # fmt: skip
        catalog_factory.plan(course, title=f"Plan {number}")
        teacher = Instructor.objects.create(name=f"Teacher {number}", slug=f"teacher-{number}", portrait=cover)
        CourseInstructor.objects.create(course=course, instructor=teacher)
        venue = Venue.objects.create(name=f"Venue {number}", slug=f"venue-{number}", city="Leeds")
        event = catalog_factory.event(f"Event {number}", cover=cover, category=category, days=number + 1, venue=venue)
        EventSpeaker.objects.create(event=event, instructor=teacher)
    drain()


@pytest.fixture(scope="module")
def module_content(module_db):
    with inside("north"):
        furnish([1])


@pytest.fixture
def published_content(module_content, north):
    """A course, an event and all that belongs to them, number 1 each."""


def wholes():
    """One of each thing, by its list."""
    course = listed("courses/?order=title")["results"][0]
    first = {name: listed(name)["results"][0]["id"] for name in LISTS}
    return {**{name: f"{name}{pk}/" for name, pk in first.items()}, PEOPLE: f"courses/{course['id']}/instructors/"}


# --- what there is --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_the_cards_of_v2_in_numbered_pages(north, name):
    furnish([1, 2, 3])

    first, second = listed(f"{name}?page_size=2"), get(f"{name}?page_size=2&page=2").json()

    twins = client().get(f"/api/v2/{TWINS.get(name, name)}").json()["items"]
    assert (first["count"], first["previous"]) == (len(twins), None)
    assert [*first["results"], *second.get("results", [])] == [
        {key: value for key, value in twin.items() if key != "meta"} for twin in twins
    ]
    if len(twins) > 2:
        assert first["next"] == f"http://north.localhost/api/v1/{name}?page=2&page_size=2"
        assert (second["next"], second["previous"]) == (None, f"http://north.localhost/api/v1/{name}?page_size=2")


@pytest.mark.parametrize("name", LISTS)
def test_one_thing_is_as_whole_as_in_v2(published_content, name):
    path = wholes()[name]
    shown = get(path).json()

    twin = client().get(f"/api/v2/{path.replace(name, TWINS.get(name, name))}").json()
    assert shown == {key: value for key, value in twin.items() if key != "meta"}


def test_the_instructors_of_a_course_come_in_its_order(north):
    course, other = catalog_factory.whole_course(), catalog_factory.whole_course("Rye")
    ana, ben, cem = (Instructor.objects.create(name=name, slug=name.lower()) for name in ("Ana", "Ben", "Cem"))
    gone = Instructor.objects.create(name="Gone", slug="gone", live=False)
    for place, person in enumerate((cem, gone, ana)):
        CourseInstructor.objects.create(course=course, instructor=person, sort_order=place)
    CourseInstructor.objects.create(course=other, instructor=ben)

    shown = listed(f"courses/{course.pk}/instructors/")

    assert (shown["count"], [instructor["name"] for instructor in shown["results"]]) == (2, ["Cem", "Ana"])
    assert titles(f"courses/{course.pk}/instructors/?order=name") == ["Ana", "Cem"]
    assert titles(f"courses/{other.pk}/instructors/?page_size=1") == ["Ben"]
    assert get("courses/999999/instructors/").status_code == 404


def test_a_category_names_its_courses(north):
    furnish([1, 2])

    (bread,) = listed("courses/categories/?slug=bread")["results"]
    whole = get(f"courses/categories/{bread['id']}/").json()

    assert (whole["name"], whole["course_count"]) == ("Bread", 2)
    assert [course["title"] for course in whole["courses"]] == ["Course 1", "Course 2"]


def test_an_event_without_a_date_has_a_whole_card(north):
    catalog_factory.event()
    Offering.objects.all().delete()

    (card,) = listed("events/")["results"]

    assert (card["offering"], card["waiting_list"], card["cpd_minutes"]) == (None, None, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Apple", "Bread", "Cake"]), ("order=-title", ["Cake", "Bread", "Apple"]), ("level=beginner", ["Apple", "Cake"]),
        ("category=salt", ["Bread"]), ("language=en", ["Apple", "Bread", "Cake"]), ("language=es", []), ("search=bread", ["Bread"]),
        ("search=learn&order=title&page_size=2&page=2", ["Cake"]), ("level=beginner&category=salt", []), ("page_size=1", ["Apple"]),
        ("page_size=100000", ["Apple", "Bread", "Cake"]), ("level=zzz", []),
    ],
)  # fmt: skip
def test_courses_are_found(north, query, expected):
    for title, level in (("Apple", "beginner"), ("Bread", "advanced"), ("Cake", "beginner")):
        catalog_factory.whole_course(
            title, level=level, category=catalog_factory.category("Sweet" if title != "Bread" else "Salt")
        )

    assert titles(f"courses/?{query}") == expected


def test_events_are_found_by_when_they_are(north):
    catalog_factory.event("Soon", days=1)
    catalog_factory.event("Gone", days=-9)

    assert titles("events/") == ["Soon", "Gone"]
    assert titles("events/?when=upcoming") == ["Soon"]


# --- what it costs --------------------------------------------------------------------------------------------------
def _costs():
    spent = {}
    for path in (*LISTS, "courses/?search=course", "courses/?level=beginner&order=-title", *wholes().values()):
        get(path)
        with CaptureQueriesContext(connection) as captured:
            assert get(path).status_code == 200
        spent[path] = len(captured)
    return spent


def test_twelve_cost_what_one_does(north):
    furnish([1])
    single = _costs()
    furnish(range(2, 13))
    twelve = _costs()

    assert single == twelve
    wholes_cost = {f"{wholes()[name]}": most for name, most in (("courses/", 9), ("events/", 7))}
    assert {path: spent for path, spent in twelve.items() if spent > wholes_cost.get(path, 5)} == {}


# --- what nobody sees -----------------------------------------------------------------------------------------------
def test_what_is_not_public_is_neither_listed_nor_counted_nor_there(north):
    shown, draft, private = (
        catalog_factory.whole_course(title, category=catalog_factory.category())
        for title in ("Shown", "Draft", "Private")
    )
    event, unlisted = catalog_factory.event("Open"), catalog_factory.event("Unlisted")
    hidden = Instructor.objects.create(name="Hidden", slug="hidden", live=False)
    draft.unpublish()
    for page in (private, unlisted):
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert (titles("courses/"), listed("courses/")["count"]) == (["Shown"], 1)
    assert (titles("events/"), listed("events/")["count"]) == (["Open"], 1)
    assert listed("instructors/")["count"] == 0
    (bread,) = listed("courses/categories/")["results"]
    assert bread["course_count"] == 1
    assert [course["title"] for course in get(f"courses/categories/{bread['id']}/").json()["courses"]] == ["Shown"]
    for path in (
        f"courses/{draft.pk}/", f"courses/{private.pk}/", f"courses/{draft.pk}/instructors/", f"courses/{private.pk}/instructors/",
        f"courses/{event.pk}/", f"events/{unlisted.pk}/", f"events/{shown.pk}/", f"instructors/{hidden.pk}/",
    ):  # fmt: skip
        response = get(path)
        assert (response.status_code, response.json()["code"]) == (404, "not_found"), path


def test_the_other_academys_things_are_not_here(north, south):
    with inside("south"):
        course, event = (
            catalog_factory.whole_course("Statistics", category=catalog_factory.category("Numbers")),
            catalog_factory.event("Webinar"),
        )
        teacher = Instructor.objects.create(name="Abroad", slug="abroad")

    for path in (
        f"courses/{course.pk}/", f"courses/{course.pk}/instructors/", f"events/{event.pk}/", f"instructors/{teacher.pk}/",
        f"courses/categories/{course.category_id}/",
    ):  # fmt: skip
        assert get(path).status_code == 404, path
        assert Client().get(API + path, headers={"host": "south.localhost"}).status_code == 200, path
    assert [listed(name)["count"] for name in LISTS] == [0, 0, 0, 0]


# --- what can't be asked --------------------------------------------------------------------------------------------
JUNK = (
    "page=x", "page=0", "page=-1", "page=1.5", "page=%C2%B2", "page=9999999999999999999999", "page=", "page_size=0", "page_size=x",
    "page_size=-3", "page_size=99999999999999999999", "limit=3", "offset=1", "fields=title", "colour=red", "price__gte=1", "order=colour",
    "order=price", "search=a&search_operator=maybe", "password=x", "search=%00",
)  # fmt: skip


@pytest.mark.parametrize("name", [*LISTS, PEOPLE])
def test_junk_is_refused(published_content, name):
    path = wholes().get(name, name) if name == PEOPLE else name

    responses = {query: get(f"{path}?{query}") for query in JUNK}

    assert {query: response.status_code for query, response in responses.items() if response.status_code != 400} == {}
    for response in responses.values():
        assert response["Content-Type"] == "application/problem+json"
        assert "public" not in response.get("Cache-Control", "")


@pytest.mark.parametrize("query", ["search=%22", "search=", "search=%27%20or", "search=teacher", "search=%F0%9F%98%80"])
@pytest.mark.parametrize("name", [*LISTS, PEOPLE])
def test_no_word_breaks_a_search(published_content, name, query):
    assert get(f"{wholes()[name] if name == PEOPLE else name}?{query}").status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_page_behind_the_last_is_not_there(north, name):
    assert get(f"{name}?page=2").status_code == 404
    assert listed(name) == {"count": 0, "next": None, "previous": None, "results": []}
    assert get(f"{name}99999999999999999999999/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(published_content, editor, method):
    somebody = client()
    with inside("north"):
        somebody.force_login(editor)

    for path in (*LISTS, *wholes().values()):
        response = getattr(somebody, method)(API + path, {"title": "Mine"}, content_type="application/json")
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed"), path
        assert response["Content-Type"] == "application/problem+json"
        assert "GET" in response["Allow"]


# --- how it is kept -------------------------------------------------------------------------------------------------
@pytest.fixture
def page_cache(settings):
    settings.PAGE_CACHE_SECONDS = 300
    store.forget()
    cache_version.forget()
    yield
    store.forget()
    cache_version.forget()


def test_it_is_kept_for_everybody_and_not_sent_twice(north, learner, page_cache, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        catalog_factory.whole_course()
    first, person = get("courses/"), client()
    with inside("north"):
        person.force_login(learner)

    again, mine = get("courses/", if_none_match=first["ETag"]), person.get(f"{API}courses/")

    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert (again.status_code, mine["X-Cache"], mine.content) == (304, "hit", first.content)
    with inside("north"), django_capture_on_commit_callbacks(execute=True):
        catalog_factory.whole_course("Rye")
    assert titles("courses/") == ["Rye", "Sourdough"]


def test_what_lies_below_a_course_and_is_ones_own_is_not_kept(north, page_cache):
    course = catalog_factory.whole_course()

    for _ in range(2):
        response = get(f"courses/{course.pk}/sections/")
        assert response["Cache-Control"] == "no-store"
        assert "X-Cache" not in response or response["X-Cache"] == "miss"


# --- what the document says -----------------------------------------------------------------------------------------
def _names_of(shape) -> dict:
    """The names that a serializer promises, as deep as they go."""
    shape = getattr(shape, "child", shape)
    fields = getattr(shape, "fields", {})
    return {name: {} if isinstance(field, DictField) else _names_of(field) for name, field in fields.items()}


def _differences(value, promised, at="") -> list[str]:
    if isinstance(value, list):
        return [difference for row in value for difference in _differences(row, promised, at)]
    if not isinstance(value, Mapping) or promised == {}:
        return []
    apart = [f"{at}{name}" for name in set(value) ^ set(promised)]
    return apart + [
        difference
        for name in set(value) & set(promised)
        for difference in _differences(value[name], promised[name], f"{at}{name}.")
    ]


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("courses/", endpoints.Courses),
        ("courses/categories/", endpoints.Categories),
        ("instructors/", endpoints.Instructors),
        ("events/", endpoints.Events),
    ],
)
def test_the_document_names_what_is_answered(published_content, name, view):
    (card,) = listed(name)["results"]

    assert _differences(card, _names_of(serializer_of(view.card_class)())) == []
    assert _differences(get(f"{name}{card['id']}/").json(), _names_of(serializer_of(view.get_detail_class())())) == []
