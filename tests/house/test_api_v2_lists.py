"""It holds that the lists of `/api/v2/` carry what a card needs, and cost the same however long they are."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academies.outbox.actions import drain
from academies.tenants.context import inside
from tests.catalog import world

pytestmark = pytest.mark.django_db


def get(path, *, host="north.localhost", **headers):
    return Client().get(path, headers={"host": host, **headers})


def test_a_card_of_a_course_has_what_a_card_needs(north):
    course = world.whole_course(cover=world.picture(), category=world.category())
    world.plan(course)
    drain()

    answer = get("/api/v2/courses/")

    assert answer.status_code == 200
    (card,) = answer.json()["items"]
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
