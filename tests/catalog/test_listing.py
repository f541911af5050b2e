"""Course and event lists: search, filters, and a fixed number of queries."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academies.outbox.actions import drain
from academies.tenants.context import inside
from catalog.courses import queries as courses
from catalog.events import queries as events
from catalog.offerings.models import Offering
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db


def search(**params):
    return [course.title for course in courses.listing(params)["courses"]]


def dates(**params):
    return [offering.event.title for offering in events.listing(params)["offerings"]]


@pytest.fixture(scope="module")
def library(module_db):
    """Courses and dates to look for."""
    with inside("north"):
        catalog_factory.whole_course("Rye", level="beginner", category=catalog_factory.category("Bread"))
        catalog_factory.whole_course("Puff pastry", level="advanced", category=catalog_factory.category("Pastry"))
        catalog_factory.whole_course("Bagels", level="beginner", category=catalog_factory.category("Bread"))
        catalog_factory.whole_course("Draft").unpublish()
        catalog_factory.event("Tasting", days=3, category=catalog_factory.category("Bread"))
        catalog_factory.event("Market", days=1, attendance="online")
        catalog_factory.event("Last year", days=-300)
        catalog_factory.event("Draft", days=2).unpublish()


@pytest.mark.parametrize(
    ("params", "titles"),
    [
        ({}, ["Bagels", "Puff pastry", "Rye"]),
        ({"level": "beginner"}, ["Bagels", "Rye"]),
        ({"category": "pastry"}, ["Puff pastry"]),
        ({"category": "bread", "level": "advanced"}, []),
        ({"q": "pastry"}, ["Puff pastry"]),
        ({"q": "bag"}, ["Bagels"]),
        ({"q": "nothing of the kind"}, []),
        ({"category": "unknown", "level": "unknown", "page": "x"}, ["Bagels", "Puff pastry", "Rye"]),
        ({"q": "' OR 1=1 --\0 &|!:*"}, []),
        ({"q": "  "}, ["Bagels", "Puff pastry", "Rye"]),
    ],
)
def test_courses_are_found(library, north, params, titles):
    assert search(**params) == titles


def test_the_filter_comes_back_as_it_was_understood(library, north):
    context = courses.listing({"q": " rye ", "category": "bread", "level": "nonsense"})

    assert (context["q"], context["category"], context["level"]) == ("rye", "bread", "")
    assert [known.name for known in context["categories"]] == ["Bread", "Pastry"]


def test_courses_come_in_pages(north):
    for number in range(courses.PER_PAGE + 1):
        catalog_factory.course(f"Course {number:02}")

    assert len(search()) == courses.PER_PAGE
    assert search(page="2") == [f"Course {courses.PER_PAGE:02}"]
    assert search(page="99") == search(page="2")


@pytest.mark.parametrize(
    ("params", "titles"),
    [
        ({}, ["Market", "Tasting"]),
        ({"past": "1"}, ["Last year"]),
        ({"category": "bread"}, ["Tasting"]),
        ({"attendance": "online"}, ["Market"]),
        ({"q": "tasting"}, ["Tasting"]),
        ({"q": "mark"}, ["Market"]),
        ({"q": "nothing"}, []),
    ],
)
def test_dates_are_found(library, north, params, titles):
    assert dates(**params) == titles


@pytest.mark.parametrize("listing", [courses.listing, events.listing])
def test_many_cost_what_few_do(north, listing):
    cover, spent = catalog_factory.picture(), []
    for numbers in (range(1), range(1, 8)):
        for number in numbers:
            catalog_factory.course(f"Course {number}", cover=cover, category=catalog_factory.category())
            catalog_factory.event(f"Event {number}", cover=cover, category=catalog_factory.category())
        drain()
        with CaptureQueriesContext(connection) as captured:
            context = listing({})
            for card in context.get("courses") or context["offerings"]:
                page = getattr(card, "event", card)
                page.cover.get_renditions("fill-400x225|format-webp", "fill-800x450|format-webp")
                str(page.category)
        spent.append(len(captured))

    assert spent[0] == spent[1] <= 7, spent


@pytest.mark.parametrize("past", ["", "1"])
def test_dates_of_one_moment_are_each_on_one_page(north, monkeypatch, past):
    event = catalog_factory.event(days=-30 if past else 30)
    first = event.offerings.get()
    moment = {"page": event, "starts_at": first.starts_at, "ends_at": first.ends_at}
    for number in reversed(range(9)):
        Offering.objects.create(pk=UUID(int=number), **moment)
    monkeypatch.setattr(events, "PER_PAGE", 2)

    pages = [events.listing({"past": past, "page": str(number)})["offerings"] for number in range(1, 6)]

    assert [offering.pk for page in pages for offering in page] == [
        *(UUID(int=number) for number in range(9)),
        first.pk,
    ]
