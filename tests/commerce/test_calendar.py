"""Calendar feeds: the public one, and each person's own."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from academies.kernel import clock
from catalog.events.models import Venue
from commerce.enrolments import actions, queries
from tests.fixtures.http_client import Visitor
from tests.fixtures.product_factory import a_date

FEED = "/calendar/events.ics"


def soon():
    return clock.now().replace(microsecond=0) + timedelta(days=14)


def read(response) -> list:
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_public_dates_are_a_calendar(north):
    starts_at = soon()
    offering = a_date(title="Bread; butter, & jam", slug="bread", starts_at=starts_at)
    event = offering.page.specific
    event.venue = Venue.objects.create(name="Mill", slug="mill", address="1 River St\nUpstairs", city="Leeds")
    event.save()

    (entry,) = read(Visitor().ask("get", FEED))

    assert str(entry["summary"]) == "Bread; butter, & jam"
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (starts_at, starts_at + timedelta(hours=3))
    assert str(entry["location"]) == "Mill, 1 River St Upstairs, Leeds"
    assert str(entry["url"]) == "http://north.localhost:8000/events/bread/"
    assert str(offering.pk) in entry["uid"]
    assert "Ring the bell" not in str(entry["description"])


@pytest.mark.parametrize("hidden", ["draft", "long over"])
def test_what_is_no_longer_public_or_long_over_isnt_in_it(north, hidden):
    offering = a_date(starts_at=soon() if hidden == "draft" else soon() - timedelta(days=60))
    if hidden == "draft":
        offering.page.unpublish()

    assert read(Visitor().ask("get", FEED)) == []


@pytest.mark.parametrize("hidden", [False, True])
def test_one_date_can_be_kept_from_its_page(north, hidden):
    offering = a_date(title="Bread", slug="bread", starts_at=soon())
    page, path = Visitor().ask("get", "/events/bread/").content.decode(), f"/calendar/dates/{offering.pk}.ics"
    if hidden:
        offering.page.unpublish()

    response = Visitor().ask("get", path)

    assert f'href="{path}"' in page
    if hidden:
        assert response.status_code == 404
    else:
        (entry,) = read(response)
        assert str(entry["summary"]) == "Bread"
        assert response["Content-Disposition"] == 'attachment; filename="bread.ics"'


def test_a_calendar_costs_the_same_however_long(north, django_assert_max_num_queries):
    for day in range(5):
        a_date(starts_at=soon() + timedelta(days=day))

    with django_assert_max_num_queries(3):
        entries = read(Visitor().ask("get", FEED))

    assert len(entries) == 5


def test_ones_own_calendar_has_ones_own_seats_and_how_to_join(north, learner, stranger):
    evening, workshop, full = a_date(starts_at=soon()), a_date(price_minor=3500, starts_at=soon()), a_date(seats=0)
    now = clock.now()
    actions.register(person=learner, offering=evening, now=now)
    actions.hold_seat(person=learner, offering=workshop, hold_until=soon(), source="order:1", now=now)
    actions.register(person=stranger, offering=evening, now=now)

    entries = read(Visitor().ask("get", queries.calendar_path(learner)))

    seats = sorted((str(entry["status"]), "Ring the bell." in str(entry["description"])) for entry in entries)
    assert seats == [("CONFIRMED", True), ("TENTATIVE", False)]
    assert str(full.pk) not in str(entries)


@pytest.mark.parametrize("spoilt", ["other mark", "no id", "short", "inactive", "new password"])
def test_a_wrong_key_opens_nobodys_calendar(north, learner, spoilt):
    path = queries.calendar_path(learner)
    if spoilt == "inactive":
        learner.is_active = False
        learner.save()
    if spoilt == "new password":
        learner.set_password("Another-1-secret")
        learner.save()
    path = {
        "other mark": path[:-8] + "0000.ics",
        "no id": "/calendar/me/zz" + path[15:],
        "short": "/calendar/me/a.ics",
    }.get(spoilt, path)

    assert Visitor().ask("get", path).status_code == 404


def test_one_key_differs_between_academies(north, learner):
    from academies.tenants.context import inside

    here = queries.calendar_token(learner)
    with inside("south"):
        there = queries.calendar_token(learner)

    assert here != there
