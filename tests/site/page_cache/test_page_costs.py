"""Uncached public pages: a fixed number of queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academies.outbox.actions import drain
from catalog.courses.models import CourseInstructor, Instructor
from catalog.events.models import EventSpeaker, Venue
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db

MOST = 12
PATHS = (
    "/",
    "/courses/",
    "/courses/sourdough/",
    "/courses/sourdough/begin/flour/",
    "/events/",
    "/events/open-kitchen/",
)


def _furnish(numbers):
    """Give a course and an event all that their pages can show, that many times over."""
    category = catalog_factory.category()
    for number in numbers:
        name = "Sourdough" if number == 0 else f"Course {number}"
        course = catalog_factory.whole_course(
            name, cover=catalog_factory.picture(name), category=category, outcomes=[("outcome", "Feed a starter")],
            faq=[("question", {"question": "Cold?", "answer": "Wait longer."})],
        )  # fmt: skip
        catalog_factory.plan(course, title=f"{name} plan")
        catalog_factory.plan(course, title=f"{name} club", price=1500, interval="month")
        name = "Open kitchen" if number == 0 else f"Event {number}"
        venue = Venue.objects.create(name=f"Mill {number}", slug=f"mill-{number}")
        event = catalog_factory.event(
            name, cover=catalog_factory.picture(name), category=category, venue=venue, price=3500
        )
        for place in range(2):
            shown = Instructor.objects.create(
                name=f"Ana {number}{place}", slug=f"a{number}{place}", portrait=catalog_factory.picture("Ana")
            )
            CourseInstructor.objects.create(course=course, instructor=shown, sort_order=place)
            EventSpeaker.objects.create(event=event, instructor=shown, sort_order=place)
    drain()


def _costs():
    spent = {}
    for path in PATHS:
        client = Client(headers={"host": "north.localhost"})
        client.get(path)
        # The first reader asks for the sizes of pictures that nothing was published with.
        drain()
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200, path
        spent[path] = [query["sql"][:160] for query in captured]
    return spent


def test_a_page_costs_few_queries_and_the_same_for_many(north):
    _furnish([0])
    few = _costs()
    _furnish(range(1, 6))
    many = _costs()

    for path in PATHS:
        assert len(many[path]) <= MOST, "\n".join([path, *many[path]])
        assert len(few[path]) == len(many[path]), "\n".join([path, *few[path], "", *many[path]])
