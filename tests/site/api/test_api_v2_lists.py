"""/api/v2/ lists: fields of a card, and a fixed number of queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academies.outbox.actions import drain
from academies.tenants.context import inside
from catalog.courses.models import CourseInstructor, Instructor
from catalog.events.models import Venue
from catalog.offerings.models import Offering
from commerce.plans.api_v2 import PlansAPI
from commerce.storefront.api_v2 import CoursesAPI, EventsAPI, OfferingsAPI
from lyceum.api.routers import v2
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db


def get(path, *, host="north.localhost", **headers):
    return Client().get(path, headers={"host": host, **headers})


def items(path):
    response = get(path)
    assert response.status_code == 200, response.content
    return response.json()["items"]


def titles(path):
    return [item["title"] for item in items(path)]


# --- what a card has ------------------------------------------------------------------------------------------------
def test_a_card_of_a_course_has_what_a_card_needs(north):
    course = catalog_factory.whole_course(cover=catalog_factory.picture(), category=catalog_factory.category())
    catalog_factory.plan(course)
    drain()

    (card,) = items("/api/v2/courses/")

    assert card["meta"] == {
        "type": "courses.CoursePage",
        "detail_url": f"http://north.localhost:8000/api/v2/courses/{course.pk}/",
    }
    assert card["id"] == course.pk
    assert card["title"] == "Sourdough"
    assert card["slug"] == "sourdough"
    assert card["summary"] == "Learn Sourdough."
    assert card["html_url"] == "http://north.localhost:8000/courses/sourdough/"
    assert card["price"] == {"amount_minor": 4900, "currency": "GBP"}
    assert card["level"] == "beginner"
    assert card["language"] == "en"
    assert card["category"] == {"slug": "bread", "name": "Bread"}
    assert (card["lesson_count"], card["minutes"]) == (3, 30)
    assert card["image"]["alt"] == "A loaf on a board"
    assert (card["image"]["width"], card["image"]["height"]) == (400, 225)
    assert set(card["image"]["renditions"]) == {"card", "card_2x", "wide", "wide_2x", "share"}
    assert card["image"]["url"].startswith("http://north.localhost:8000/media/images/")


def test_a_card_of_an_event_has_its_next_date_and_seats(north):
    catalog_factory.event(
        seats=20,
        price=3500,
        venue=Venue.objects.create(name="Mill", slug="mill", city="Leeds", time_zone="Europe/London"),
    )

    (card,) = items("/api/v2/events/")

    offering = Offering.objects.get()
    assert card["offering"] == str(offering.pk)
    assert card["starts_at"].startswith(f"{offering.starts_at:%Y-%m-%dT%H:%M}")
    assert card["price"] == {"amount_minor": 3500, "currency": "GBP"}
    assert (card["seats"], card["seats_left"], card["waiting_list"], card["registration"]) == (20, 20, True, "open")
    assert card["venue"]["slug"] == "mill"
    assert card["time_zone"] == "Europe/London"
    assert card["html_url"] == "http://north.localhost:8000/events/open-kitchen/"


@pytest.mark.parametrize("view", [CoursesAPI, EventsAPI, OfferingsAPI, PlansAPI])
def test_the_names_that_fields_may_choose_are_those_of_a_card(north, view):
    catalog_factory.plan(catalog_factory.whole_course(cover=catalog_factory.picture()))
    catalog_factory.event(cover=catalog_factory.picture("Table"))
    drain()

    (card,) = items(f"/api/v2/{view.endpoint}/")

    assert set(card) - {"meta"} == set(view.card_class.names())


def test_a_picture_that_is_not_ready_is_null_and_asked_for(north):
    course = catalog_factory.whole_course(cover=catalog_factory.picture())
    assert items("/api/v2/courses/")[0]["image"] is None

    drain()

    assert items("/api/v2/courses/")[0]["image"]["renditions"]["card"]["width"] == 400
    assert course.cover.renditions.count() == 5


def test_a_picture_is_made_at_publishing_and_never_while_somebody_reads(north):
    catalog_factory.whole_course(cover=catalog_factory.picture())
    drain()

    with CaptureQueriesContext(connection) as spent:
        get("/api/v2/courses/")

    assert not [query for query in spent if "INSERT" in query["sql"]]


def test_the_first_price_is_the_one_paid_once(north):
    course = catalog_factory.whole_course()
    catalog_factory.plan(course, title="Once", price=4900)
    catalog_factory.plan(course, title="Once and dear", price=9900)
    catalog_factory.plan(title="Club", price=1500, interval="month", all_courses=True)
    catalog_factory.plan(course, title="Not on sale", price=100, on_sale=False)

    (card,) = items("/api/v2/courses/")
    whole = get(f"/api/v2/courses/{course.pk}/").json()

    assert card["price"]["amount_minor"] == 4900
    assert [offer["plan"] for offer in whole["offers"]] == ["once", "once-and-dear", "club"]


def test_what_nobody_sells_has_no_price_and_what_is_free_costs_nothing(north):
    catalog_factory.whole_course("Unsold")
    catalog_factory.plan(catalog_factory.whole_course("Free"), title="Free", price=0)

    prices = {card["title"]: card["price"] for card in items("/api/v2/courses/")}

    assert prices == {"Free": {"amount_minor": 0, "currency": "GBP"}, "Unsold": None}
    assert titles("/api/v2/courses/?free=true") == ["Free"]
    assert titles("/api/v2/courses/?free=false") == ["Unsold"]


# --- what it costs --------------------------------------------------------------------------------------------------
def _furnish(numbers):
    cover, category = catalog_factory.picture("Cover"), catalog_factory.category()
    for number in numbers:
        course = catalog_factory.whole_course(f"Course {number}", cover=cover, category=category)
        catalog_factory.plan(course, title=f"Plan {number}")
        teacher = Instructor.objects.create(name=f"Teacher {number}", slug=f"teacher-{number}", portrait=cover)
        CourseInstructor.objects.create(course=course, instructor=teacher)
        catalog_factory.event(f"Event {number}", cover=cover, category=category, days=number + 1)
        Venue.objects.create(name=f"Venue {number}", slug=f"venue-{number}")
        catalog_factory.category(f"Category {number}")


PATHS = (
    "courses/", "courses/?search=course", "courses/?level=beginner&category=bread&order=-title", "courses/?free=true",
    "events/", "events/?when=upcoming", "events/?search=event", "offerings/", "plans/", "instructors/", "categories/",
    "venues/",
)  # fmt: skip


def _costs():
    drain()
    spent = {}
    for path in PATHS:
        get(f"/api/v2/{path}")
        with CaptureQueriesContext(connection) as captured:
            rows = items(f"/api/v2/{path}")
        spent[path] = (len(captured), len(rows))
    return spent


def test_twelve_cost_what_one_does(north):
    _furnish([1])
    single = _costs()
    _furnish(range(2, 13))
    twelve = _costs()

    assert {path: spent for path, (spent, count) in single.items() if count} == {
        path: spent for path, (spent, count) in twelve.items() if count
    }
    assert max(spent for spent, _ in twelve.values()) <= 5, twelve
    assert {path for path, (_, count) in twelve.items() if count < 12} == {"courses/?free=true"}


def test_wagtails_own_list_of_pages_costs_the_same_too(north):
    spent = []
    for more in ([1], range(2, 6)):
        _furnish(more)
        get("/api/v2/pages/?limit=50")
        with CaptureQueriesContext(connection) as captured:
            items("/api/v2/pages/?limit=50")
        spent.append(len(captured))

    assert spent[0] == spent[1]


# --- asking -----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def module_courses(module_db):
    with inside("north"):
        for title, level in (("Apple", "beginner"), ("Bread", "advanced"), ("Cake", "beginner")):
            catalog_factory.whole_course(
                title, level=level, category=catalog_factory.category("Sweet" if title != "Bread" else "Salt")
            )


@pytest.fixture
def three_courses(module_courses, north):
    """Three courses to ask for."""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Apple", "Bread", "Cake"]),
        ("order=-title", ["Cake", "Bread", "Apple"]),
        ("level=beginner", ["Apple", "Cake"]),
        ("category=salt", ["Bread"]),
        ("slug=cake", ["Cake"]),
        ("level=beginner&category=salt", []),
        ("limit=1", ["Apple"]),
        ("limit=2&offset=1", ["Bread", "Cake"]),
        ("offset=9", []),
        ("limit=0", []),
        ("search=bread", ["Bread"]),
        ("search=learn&order=title", ["Apple", "Bread", "Cake"]),
        ("search=", []),
        ("search=%26%7C%21%3A%2A%27%22", []),
        ("search=bread%20%26%7C%21%3A%2A%27", ["Bread"]),
    ],
)
def test_courses_are_found(three_courses, query, expected):
    assert titles(f"/api/v2/courses/?{query}") == expected


@pytest.mark.parametrize("query", ["", "limit=1", "offset=9", "limit=0", "offset=2&limit=1"])
def test_the_count_is_of_all_that_match(three_courses, query):
    assert get(f"/api/v2/courses/?{query}").json()["meta"]["total_count"] == 3


def test_fields_choose_what_is_answered(three_courses):
    assert items("/api/v2/courses/?fields=_,title,price&limit=1") == [{"title": "Apple", "price": None}]
    assert set(items("/api/v2/courses/?fields=_,id,detail_url&limit=1")[0]) == {"id", "meta"}
    assert "image" not in items("/api/v2/courses/?fields=-image&limit=1")[0]
    assert "image" in items("/api/v2/courses/?fields=*&limit=1")[0]
    assert "image" in items("/api/v2/courses/?fields=title&limit=1")[0]


@pytest.mark.parametrize(
    "query",
    [
        "colour=red", "price__gte=1", "limit=x", "limit=-1", "limit=51", "offset=-1", "offset=99999999999999999999",
        "order=colour", "order=price", "fields=colour", "fields=title(x)", "fields=,", "id=x", "id=99999999999999999999",
        "free=perhaps", "search=a&search_operator=maybe", "gives_certificate=2",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(three_courses, query):
    response = get(f"/api/v2/courses/?{query}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "bad_parameter"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("query", ["when=tomorrow", "venue=%00", "attendance=%00"])
def test_events_refuse_too(north, query):
    assert get(f"/api/v2/events/?{query}").status_code == 400


def test_events_come_in_the_order_of_their_dates_and_past_ones_last(north):
    catalog_factory.event("Later", days=9)
    catalog_factory.event("Soon", days=1)
    catalog_factory.event("Gone", days=-9)
    catalog_factory.event("Long gone", days=-99)

    assert titles("/api/v2/events/") == ["Soon", "Later", "Gone", "Long gone"]
    assert titles("/api/v2/events/?when=upcoming") == ["Soon", "Later"]
    assert titles("/api/v2/events/?when=past") == ["Gone", "Long gone"]
    assert titles("/api/v2/events/?search=later") == ["Later"]
    assert titles("/api/v2/events/?order=-starts_at&when=upcoming") == ["Later", "Soon"]
    assert titles("/api/v2/offerings/") == ["Soon", "Later"]
    assert len(items("/api/v2/offerings/?when=all")) == 4


def test_an_event_whose_only_date_is_cancelled_is_still_to_come(north):
    catalog_factory.event("Cancelled", days=1)
    Offering.objects.update(status=Offering.Status.CANCELLED)
    catalog_factory.event("Gone", days=-9)

    assert titles("/api/v2/events/?when=upcoming") == ["Cancelled"]
    assert titles("/api/v2/events/?when=past") == ["Gone"]
    (card,) = items("/api/v2/events/?when=upcoming")
    assert card["status"] == "cancelled"


def test_every_endpoint_answers(north):
    catalog_factory.plan(catalog_factory.whole_course())
    catalog_factory.event()

    for name in v2._endpoints:
        response = get(f"/api/v2/{name}/")
        own = name in ("enrollments", "registrations", "orders", "certificates")
        assert response.status_code == (401 if own else 200), name
        assert response["Cache-Control"].startswith("private" if own else "public"), name


@pytest.mark.parametrize("endpoint", [CoursesAPI, PlansAPI, OfferingsAPI])
def test_two_that_are_alike_keep_their_order_from_page_to_page(endpoint):
    assert endpoint.ordering[-1] == "pk"


# --- whose ------------------------------------------------------------------------------------------------------------
def test_the_other_academys_things_are_not_here(north, south):
    with inside("south"):
        course = catalog_factory.whole_course("Statistics")
        plan, event = catalog_factory.plan(course, title="Statistics"), catalog_factory.event("Webinar")

    for path in (f"courses/{course.pk}/", f"plans/{plan.pk}/", f"events/{event.pk}/", f"pages/{course.pk}/"):
        response = get(f"/api/v2/{path}")
        assert response.status_code == 404, path
        assert response.json()["code"] == "not_found"
    assert titles("/api/v2/courses/") == []
    assert get(f"/api/v2/courses/{course.pk}/", host="south.localhost").status_code == 200
