"""Cancelling an event date: seats released, everybody emailed once, payments refunded."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from academies.journal.models import Entry
from academies.kernel import clock, faultpoints
from academies.notifications.models import Delivery
from academies.outbox import actions as outbox
from academies.outbox import registry
from academies.tenants.context import inside
from catalog.events.models import EventPage
from catalog.offerings import actions as offerings
from catalog.offerings.facts import DateCancelled
from catalog.offerings.models import Offering
from commerce.checkout import actions as checkout
from commerce.checkout import invariants
from commerce.checkout.models import Order, Refund
from commerce.enrolments import actions, queries
from commerce.enrolments.models import Registration
from tests.fixtures.http_client import Visitor, client_for
from tests.fixtures.payment_factory import Shop, make_workshop, reload, sent_kinds
from tests.fixtures.people import make_person
from tests.fixtures.product_factory import a_date


def soon():
    return clock.now().replace(microsecond=0) + timedelta(days=14)


def cancel(offering: Offering, by=None, words: str = "") -> None:
    offerings.cancel_date(offering=offering, by=by, words=words, now=clock.now())
    outbox.drain()


def statuses() -> list[str]:
    return sorted(Registration.objects.values_list("status", flat=True))


def at(*dates: Offering) -> str:
    return queries.cancel_dates_url(dates)


def test_everybody_is_told_and_every_paid_seat_is_refunded_in_full(shop: Shop, learner, stranger, finance, owner):
    offering = make_workshop(seats=2, waiting_list=True)
    EventPage.objects.update(full_refund_days=30)
    paid, attempt = shop.buy(learner, offering=offering)
    shop.pay(attempt)
    shop.refresh_payment(paid)
    pending, _ = shop.buy(stranger, offering=offering)
    waiting = make_person("Wanda Waits", "Learner")
    actions.register(person=waiting, offering=offering, now=clock.now())

    cancel(offering, owner, "The oven is broken.")
    cancel(offering, owner, "Once more.")

    assert statuses() == ["cancelled"] * 3
    assert set(Registration.objects.values_list("cause", flat=True)) == {"date_cancelled"}
    assert (reload(paid).status, reload(pending).status) == (Order.Status.REFUNDED, Order.Status.CANCELLED)
    assert Refund.objects.get().amount_minor == 3500
    deliveries = Delivery.objects.filter(kind="date_cancelled")
    assert {delivery.person for delivery in deliveries} == {learner, stranger, waiting}
    assert deliveries.get(person=learner).context["paid"] is True
    assert deliveries.get(person=learner).context["words"] == "The oven is broken."
    assert not Delivery.objects.filter(kind="paid_seat_given_up").exists()
    assert Entry.objects.get(verb="offerings.date_cancelled").by == owner
    assert invariants.violations(now=clock.now()) == []


def test_cut_short_between_two_people_it_goes_on_with_the_rest(north, learner, stranger, monkeypatch):
    offering = a_date(starts_at=soon())
    for somebody in (learner, stranger):
        actions.register(person=somebody, offering=offering, now=clock.now())
    offerings.cancel_date(offering=offering, by=None, now=clock.now())
    calls = []

    def dies_at_the_second():
        calls.append(1)
        if len(calls) == 2:
            raise OSError("the worker was killed")

    fact = registry.as_payload(DateCancelled(str(offering.pk), ""))
    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setitem(faultpoints.armed, "enrolments.cancel_date.registration", dies_at_the_second)
        registry.run("fact:DateCancelled", fact)
    assert statuses() == ["cancelled", "confirmed"]

    for _ in range(2):
        registry.run("fact:DateCancelled", fact)

    assert statuses() == ["cancelled", "cancelled"]
    assert Delivery.objects.filter(kind="date_cancelled").count() == 2


def test_a_payment_that_comes_after_is_sent_back(shop: Shop, learner):
    offering = make_workshop()
    order, attempt = shop.buy(learner, offering=offering)
    offerings.cancel_date(offering=offering, by=None, now=clock.now())

    shop.pay(attempt)
    shop.refresh_payment(order)
    outbox.drain()

    assert reload(order).status == Order.Status.EXPIRED
    assert (Refund.objects.get().status, Refund.objects.get().amount_minor) == ("done", 3500)
    assert "was cancelled" in Delivery.objects.get(kind="payment_too_late").context["reason"]
    assert statuses() == ["cancelled"]
    assert invariants.violations(now=clock.now()) == []


@pytest.mark.parametrize("cancelled", [True, False])
def test_a_cancelled_date_gives_no_seat(shop: Shop, learner, cancelled):
    offering, free = make_workshop(), a_date(starts_at=soon())
    if cancelled:
        for each in (offering, free):
            cancel(each)
    visitor = Visitor(learner)

    bought = visitor.ask("post", "/api/v1/checkout/", {"items": [{"offering": str(offering.pk)}]})
    response = visitor.ask("post", "/api/v1/registrations/", {"event": free.page_id, "offering": str(free.pk)})

    assert (bought.status_code, response.status_code) == ((409, 409) if cancelled else (201, 201))
    assert not cancelled or (bought.json()["code"], response.json()["code"]) == ("date_cancelled", "date_cancelled")


def test_a_date_that_is_over_is_not_cancelled_and_nobody_is_written_to(north, learner):
    offering = a_date(starts_at=soon())
    actions.register(person=learner, offering=offering, now=clock.now())

    with time_machine.travel(offering.ends_at), pytest.raises(offerings.DateIsOver):
        offerings.cancel_date(offering=offering, by=None, now=clock.now())

    assert sent_kinds(learner) == ["seat_confirmed"]
    assert statuses() == ["confirmed"]


def test_publishing_an_older_draft_does_not_bring_it_back(north, learner):
    offering = a_date(starts_at=soon())
    page = EventPage.objects.get()
    draft = page.save_revision()

    cancel(offering)
    draft.publish()
    page.get_latest_revision().publish()

    assert Offering.objects.get().status == "cancelled"
    assert Offering.objects.get().sequence == 1


def test_saving_a_page_that_was_read_before_does_not_bring_it_back(north):
    offering = a_date(starts_at=soon())
    page = EventPage.objects.get()
    page.offerings.add(page.offerings.get())

    cancel(offering)
    page.save()

    assert Offering.objects.get().status == "cancelled"


def test_a_copied_event_has_dates_that_take_place(north):
    cancel(a_date(starts_at=soon()))

    EventPage.objects.get().copy(update_attrs={"slug": "again", "title": "Again"})

    assert sorted(Offering.objects.values_list("status", "sequence")) == [("cancelled", 1), ("scheduled", 0)]


def test_calendars_lists_pages_and_programs_say_so(north, learner):
    offering = a_date(starts_at=soon())
    actions.register(person=learner, offering=offering, now=clock.now())
    cancel(offering)
    visitor = Visitor(learner)

    feeds = [visitor.ask("get", path) for path in ("/calendar/events.ics", queries.calendar_path(learner))]
    page, listed = (visitor.ask("get", path).content.decode() for path in ("/events/open-kitchen-evening/", "/events/"))
    card = visitor.ask("get", f"/api/v2/offerings/{offering.pk}/").json()
    event = visitor.ask("get", f"/api/v2/events/{offering.page_id}/").json()

    for feed in feeds:
        (entry,) = Calendar.from_ical(feed.content).walk("VEVENT")
        assert (str(entry["status"]), entry["sequence"]) == ("CANCELLED", 1)
        assert "last-modified" in entry
    assert "This date does not take place." in page
    assert "schema.org/EventCancelled" in page
    assert "Cancelled" in listed
    assert (card["status"], card["registration"]) == ("cancelled", "cancelled")
    assert event["structured_data"][0]["eventStatus"] == "https://schema.org/EventCancelled"


# --- the admin's page -----------------------------------------------------------------------------------------------
def test_the_page_says_who_and_how_much_and_what_they_read_before(shop: Shop, learner, owner):
    offering = make_workshop()
    order, attempt = shop.buy(learner, offering=offering)
    shop.pay(attempt)
    shop.refresh_payment(order)

    page = client_for(owner).get(at(offering)).content.decode()

    assert "<td>1</td>" in page
    assert "£35" in page
    assert "Cancelled: Croissant workshop" in page
    assert Offering.objects.get().status == "scheduled"


def test_the_page_costs_the_same_however_many_dates_it_asks_about(north, learner, owner, django_assert_num_queries):
    client = client_for(owner)
    dates = [a_date(starts_at=soon() + timedelta(days=day)) for day in range(10)]
    for date in dates:
        actions.register(person=learner, offering=date, now=clock.now())
    client.get(at(dates[0]))
    with CaptureQueriesContext(connection) as queries:
        client.get(at(dates[0]))

    with django_assert_num_queries(len(queries)):
        page = client.get(at(*dates)).content.decode()

    assert page.count("<td>1</td>") == 10


@pytest.mark.parametrize("role", ["Owner", "Editor", "Front desk"])
def test_these_roles_may_cancel(north, role):
    offering = a_date(starts_at=soon())

    response = client_for(make_person("Somebody New", role)).post(at(offering), {"words": "Sorry."})

    assert response.status_code == 302
    assert Offering.objects.get().status == "cancelled"


@pytest.mark.parametrize("role", ["Teacher", "Finance", "Learner", None])
def test_nobody_else_may(north, role):
    offering = a_date(starts_at=soon())
    client = client_for(make_person("Somebody New", role)) if role else Client(headers={"host": "north.localhost"})

    response = client.post(at(offering), {"words": "Sorry."})

    assert response.status_code in (302, 403)
    assert Offering.objects.get().status == "scheduled"


def test_the_same_date_is_not_found_in_the_other_academy(north, south):
    with inside("south"):
        theirs = a_date(starts_at=soon())
    with inside("north"):
        client_for(make_person("Olga Owner", "Owner")).post(at(theirs), {"words": ""})
    with inside("south"):
        assert Offering.objects.get().status == "scheduled"


def test_the_list_of_dates_costs_the_same_however_long(north, desk, learner, django_assert_max_num_queries):
    for day in range(12):
        offering = a_date(starts_at=soon() + timedelta(days=day))
        actions.register(person=learner, offering=offering, now=clock.now())
    client = client_for(desk)
    client.get("/admin/offerings/offering/")

    with django_assert_max_num_queries(25):
        page = client.get("/admin/offerings/offering/").content.decode()

    assert page.count("1 of 20") == 12
    assert page.count("/admin/dates/cancel/?date=") >= 12


def test_failed_refunds_land_with_finance(shop: Shop, learner, finance, monkeypatch):
    from commerce.checkout import gateway
    from commerce.gateways.port import GatewayRefused

    offering = make_workshop()
    order, attempt = shop.buy(learner, offering=offering)
    shop.pay(attempt)
    checkout.sync_payment(order=order, now=clock.now())

    def refuses(self, request):
        raise GatewayRefused("refused", "The card is closed.")

    monkeypatch.setattr(gateway.TransactionGuard, "refund", refuses)

    cancel(offering)

    assert Refund.objects.get().status == "failed"
    assert sent_kinds(finance) == ["refund_failed"]
