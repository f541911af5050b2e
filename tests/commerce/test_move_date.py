"""Moving a date that people hold seats for: confirmed first, then emailed."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from academies.kernel import clock
from academies.notifications.models import Delivery
from academies.outbox import actions as outbox
from academies.outbox import registry
from academies.outbox.models import Message
from catalog.courses.tasks import publish_scheduled
from catalog.events.models import EventPage, Venue
from catalog.offerings.models import Offering
from commerce.enrolments import actions, formats, queries
from commerce.enrolments.models import Registration
from tests.fixtures import catalog_factory
from tests.fixtures.http_client import Visitor, client_for
from tests.fixtures.payment_factory import sent_kinds
from tests.fixtures.people import make_person

WEEK = timedelta(days=7)


@pytest.fixture
def event(north, learner) -> EventPage:
    """An event in two weeks at which one person has a seat."""
    page = catalog_factory.event()
    actions.register(person=learner, offering=page.offerings.get(), now=clock.now())
    outbox.drain()
    return page


def draft_of(event: EventPage, *, later: timedelta = WEEK, **fields) -> EventPage:
    draft = event.get_latest_revision_as_object()
    (date,) = draft.offerings.all()
    date.starts_at, date.ends_at = date.starts_at + later, date.ends_at + later
    draft.offerings.add(date)
    for name, value in fields.items():
        setattr(draft, name, value)
    return draft


def form_of(event: EventPage, starts_at: datetime, **over):
    date = event.offerings.get()
    sent = {
        "id": str(date.pk), "starts_at": f"{starts_at:%Y-%m-%d %H:%M}",
        "ends_at": f"{starts_at + timedelta(hours=3):%Y-%m-%d %H:%M}", "seats": "20", "waiting_list": "on",
        "hold_minutes": "60", "price_minor": "0", "price": "0", "cpd_minutes": "0", **over,
    }  # fmt: skip
    return {**nested_form_data({
        "title": event.title, "slug": event.slug, "summary": "Come.", "attendance": "in_person",
        "description": rich_text(""), "agenda": rich_text(""), "event_speakers": inline_formset([]),
        "late_refund_percent": "0", "offerings": inline_formset([sent], initial=1), "comments": inline_formset([]),
    }), "action-publish": "1"}  # fmt: skip


@pytest.mark.parametrize("tell", ["yes", "no"])
def test_publishing_asks_first_and_moves_with_the_answer(event, editor, learner, tell):
    client, was = client_for(editor), event.offerings.get()
    question = client.post(reverse("wagtailadmin_pages:edit", args=(event.pk,)), form_of(event, was.starts_at + WEEK))
    page = client.get(question.url).content.decode()
    assert Offering.objects.get().starts_at == was.starts_at

    client.post(question.url, {"tell": tell})
    client.post(question.url, {"tell": tell})
    outbox.drain()

    now = Offering.objects.get()
    assert "Moved: Open kitchen" in page
    assert now.starts_at == (was.starts_at + WEEK).replace(second=0, microsecond=0)
    assert (now.sequence, now.previous_starts_at) == (1, was.starts_at)
    assert sent_kinds(learner) == (["date_moved"] if tell == "yes" else []) + ["seat_confirmed"]
    assert Registration.objects.get().status == "confirmed"


def test_the_mail_says_old_and_new_and_is_sent_once(event, editor, learner):
    draft = draft_of(event, venue=Venue.objects.create(name="Mill", slug="mill", city="Leeds", time_zone="Asia/Tokyo"))
    revision = draft.save_revision()
    client_for(editor).post(f"/admin/dates/move/{revision.pk}/", {"tell": "yes"})
    outbox.drain()

    message = Message.objects.get(name="fact:DateMoved")
    registry.run(message.name, message.payload)
    outbox.drain()

    context = Delivery.objects.get(kind="date_moved").context
    assert context["where"] == "Mill, Leeds"
    assert "(Asia/Tokyo)" in context["time"]
    assert "(Asia/Tokyo)" not in context["old_time"]
    assert "–" in context["old_time"]
    assert EventPage.objects.get().venue.slug == "mill"


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("how", ["scheduled", "publish", "bulk"])
def test_no_other_way_of_publishing_moves_it(north, editor, learner, how, held):
    event = catalog_factory.event()
    was = event.offerings.get()
    if held:
        actions.register(person=learner, offering=was, now=clock.now())
    draft = draft_of(event, title="Another title", attendance="online")
    if how == "scheduled":
        draft.go_live_at = clock.now() + timedelta(minutes=5)
    revision = draft.save_revision(user=make_person("Aino Author", "Editor"))
    if how == "bulk":
        path = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "publish"))
        client_for(editor).post(f"{path}?id={event.pk}&next=/admin/", {})
    else:
        revision.publish()

    with time_machine.travel(clock.now() + timedelta(hours=1)):
        publish_scheduled.run()

    now = EventPage.objects.get()
    assert now.title == "Another title"
    assert (now.offerings.get().starts_at == was.starts_at) is held
    assert now.attendance == ("in_person" if held else "online")
    assert now.offerings.get().sequence == (0 if held else 1)
    assert sent_kinds(revision.user) == (["dates_kept"] if held else [])


def test_the_author_reads_what_stayed_and_what_the_draft_says(event):
    draft, was = draft_of(event), Offering.objects.get()
    (date,) = draft.offerings.all()
    date.seats = 0
    draft.offerings.add(date)

    draft.save_revision(user=make_person("Aino Author", "Editor")).publish()
    outbox.drain()

    stays = formats.format_period_and_place(was, event)
    moved, cut = Delivery.objects.get(kind="dates_kept").context["dates"]
    assert moved == f"{stays} (the draft says: {formats.format_period_and_place(date, event)})"
    assert cut == f"{stays}: seats stay at 1 (the draft says: 0)"
    assert moved in mail.outbox[-1].body


def test_nobody_is_written_to_about_what_an_answer_moved(event, editor):
    revision = draft_of(event).save_revision(user=editor)

    client_for(editor).post(f"/admin/dates/move/{revision.pk}/", {"tell": "no"})
    outbox.drain()

    assert not Delivery.objects.filter(kind="dates_kept").exists()


def test_whoever_had_a_seat_may_leave_for_all_their_money_afterwards(event, editor, learner):
    event.full_refund_days = 300
    event.save()
    mine = Registration.objects.get()
    assert queries.refund_percent(mine, clock.now()) == 0

    client_for(editor).post(f"/admin/dates/move/{draft_of(event).save_revision().pk}/", {"tell": "no"})
    newcomer = make_person("Nora New", "Learner")
    later = actions.register(person=newcomer, offering=Offering.objects.get(), now=clock.now())

    assert queries.refund_percent(Registration.objects.get(pk=mine.pk), clock.now()) == 100
    assert queries.refund_percent(Registration.objects.get(pk=later.pk), clock.now()) == 0


def test_a_date_is_not_moved_into_the_past(event, editor, learner):
    revision = draft_of(event, later=timedelta(days=-30)).save_revision()

    client_for(editor).post(f"/admin/dates/move/{revision.pk}/", {"tell": "yes"})
    outbox.drain()

    assert Offering.objects.get().starts_at > clock.now()
    assert sent_kinds(learner) == ["seat_confirmed"]


@pytest.mark.parametrize("role", ["Teacher", "Front desk", "Finance", "Learner", None])
def test_only_who_publishes_may_move(event, role):
    was = event.offerings.get().starts_at
    revision = draft_of(event).save_revision()
    client = client_for(make_person("Somebody New", role)) if role else Client(headers={"host": "north.localhost"})

    response = client.post(f"/admin/dates/move/{revision.pk}/", {"tell": "yes"})

    assert response.status_code in (302, 403)
    assert Offering.objects.get().starts_at == was


def test_pages_and_search_engines_say_that_it_was_moved(event, editor):
    was = event.offerings.get().starts_at
    client_for(editor).post(f"/admin/dates/move/{draft_of(event).save_revision().pk}/", {"tell": "no"})
    visitor = Visitor()

    page = visitor.ask("get", "/events/open-kitchen/").content.decode()
    payload = visitor.ask("get", f"/api/v2/events/{event.pk}/").json()

    assert "This date was moved." in page
    assert payload["structured_data"][0]["eventStatus"] == "https://schema.org/EventRescheduled"
    assert datetime.fromisoformat(payload["structured_data"][0]["previousStartDate"]) == was


# --- seats ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("taken", "saved"), [(3, 20), (2, 2)])
def test_seats_are_not_cut_below_those_taken(north, editor, taken, saved):
    event = catalog_factory.event()
    for number in range(taken):
        actions.register(
            person=make_person(f"P{number} Buyer", "Learner"), offering=event.offerings.get(), now=clock.now()
        )
    starts_at = event.offerings.get().starts_at

    response = client_for(editor).post(
        reverse("wagtailadmin_pages:edit", args=(event.pk,)), form_of(event, starts_at, seats="2"), follow=True
    )

    assert ("3 seats are taken; you can&#x27;t offer fewer." in response.content.decode()) is (taken == 3)
    assert Registration.objects.filter(status="confirmed").count() == taken


def test_an_older_draft_does_not_cut_them_either(event):
    draft = event.get_latest_revision_as_object()
    (date,) = draft.offerings.all()
    date.seats = 0
    draft.offerings.add(date)

    draft.save_revision().publish()

    assert Offering.objects.get().seats == 1


# --- going off ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("how", ["one", "bulk", "by the clock"])
def test_a_page_goes_off_only_when_nobody_holds_a_seat(north, editor, learner, how, held):
    event = catalog_factory.event()
    if held:
        actions.register(person=learner, offering=event.offerings.get(), now=clock.now())
    client = client_for(editor)
    response = None
    if how == "one":
        response = client.post(reverse("wagtailadmin_pages:unpublish", args=(event.pk,)), {})
    if how == "bulk":
        path = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "unpublish"))
        response = client.post(f"{path}?id={event.pk}&next=/admin/", {})
    if how == "by the clock":
        EventPage.objects.update(expire_at=clock.now() - timedelta(minutes=1))
        publish_scheduled.run()

    assert EventPage.objects.get().live is held
    if held and response is not None:
        assert response.url == queries.cancel_dates_url(event.offerings.all())
        assert "1 person is registered for upcoming dates" in client.get(response.url).content.decode()


def test_it_goes_off_with_its_list_only_when_nobody_holds_a_seat(event, editor):
    parent = event.get_parent()

    client_for(editor).post(reverse("wagtailadmin_pages:unpublish", args=(parent.pk,)), {"include_descendants": "on"})

    event.refresh_from_db()
    assert event.live


def test_once_the_dates_are_over_the_clock_takes_it_off(event):
    EventPage.objects.update(expire_at=clock.now() - timedelta(minutes=1))

    with time_machine.travel(clock.now() + timedelta(days=20)):
        publish_scheduled.run()

    assert not EventPage.objects.get().live
