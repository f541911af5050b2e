"""Structured data (JSON-LD) of courses and events: complete, and true to the page."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from catalog.courses import structured
from catalog.courses.structured import CourseJsonLd, Price, Publisher
from catalog.events.structured import EventJsonLd, JsonLdPlace, event
from catalog.offerings import rules

ACADEMY = Publisher("Northlight", "https://north.example/")


def test_a_bare_course_says_only_what_is_known():
    data = structured.course(CourseJsonLd("Rye", "Bake rye.", "https://north.example/rye/", ACADEMY))

    assert data == {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": "https://north.example/rye/",
        "name": "Rye",
        "description": "Bake rye.",
        "url": "https://north.example/rye/",
        "provider": {"@type": "Organization", "name": "Northlight", "url": "https://north.example/"},
        "hasCourseInstance": [{"@type": "CourseInstance", "courseMode": "Online"}],
    }


@pytest.mark.parametrize(
    ("price", "category"),
    [
        (Price(Decimal(0), "GBP", "u"), "Free"),
        (Price(Decimal("49.00"), "GBP", "u"), "Paid"),
        (Price(Decimal("15.00"), "GBP", "u", subscription=True), "Subscription"),
    ],
)
def test_an_offer_is_free_paid_or_a_subscription(price, category):
    assert structured.offer(price)["category"] == category


def test_what_is_sold_out_says_so():
    assert structured.offer(Price(Decimal(35), "GBP", "u", available=False))["availability"].endswith("SoldOut")


@pytest.mark.parametrize(("minutes", "duration"), [(0, ""), (45, "PT45M"), (60, "PT1H"), (200, "PT3H20M")])
def test_a_duration_is_iso_8601(minutes, duration):
    assert structured.duration(minutes) == duration


def test_questions_need_questions():
    assert structured.questions([]) is None
    assert structured.questions([("Why?", "Because.")])["mainEntity"][0]["acceptedAnswer"]["text"] == "Because."


def test_crumbs_count_from_one():
    trail = structured.crumbs([("Home", "https://north.example/"), ("Rye", "https://north.example/rye/")])

    assert [(crumb["position"], crumb["name"]) for crumb in trail["itemListElement"]] == [(1, "Home"), (2, "Rye")]


def test_an_event_has_a_place_or_is_online():
    facts = {"name": "Tasting", "description": "", "url": "u", "publisher": ACADEMY, "starts_at": "s", "ends_at": "e"}

    there = event(EventJsonLd(place=JsonLdPlace("Mill", city="Leeds"), **facts))
    online = event(EventJsonLd(place=None, **facts))

    assert there["location"] == {
        "@type": "Place", "name": "Mill", "address": {"@type": "PostalAddress", "addressLocality": "Leeds"},
    }  # fmt: skip
    assert online["location"]["@type"] == "VirtualLocation"
    assert (there["isAccessibleForFree"], "offers" in there) == (True, False)


@pytest.mark.parametrize(
    ("hour", "state"),
    [(7, "not_yet"), (8, "open"), (9, "open"), (10, "closed"), (12, "closed"), (13, "ended"), (23, "ended")],
)
def test_a_date_opens_closes_and_ends(hour, state):
    at = lambda number: datetime(2026, 11, 21, number, tzinfo=UTC)  # noqa: E731

    assert rules.state(opens_at=at(8), closes_at=at(10), starts_at=at(11), ends_at=at(13), now=at(hour)) == state


def test_without_a_closing_moment_the_start_closes_it():
    at = lambda number: datetime(2026, 11, 21, number, tzinfo=UTC)  # noqa: E731

    assert rules.state(opens_at=None, closes_at=None, starts_at=at(11), ends_at=at(13), now=at(10)) == "open"
    assert rules.state(opens_at=None, closes_at=None, starts_at=at(11), ends_at=at(13), now=at(11)) == "closed"
