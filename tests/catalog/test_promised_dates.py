"""Dates with registrations: they stay when their page is edited, scheduled or deleted."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from academies.kernel import clock
from catalog.courses.models import CourseIndexPage, CoursePage
from catalog.courses.tasks import publish_scheduled
from catalog.events.models import EventPage
from catalog.offerings.models import Offering
from commerce.enrolments.models import Registration
from tests.fixtures import catalog_factory


def _register(person, date: Offering) -> None:
    Registration.objects.create(person=person, offering=date, status="confirmed", created_at=clock.now())


def _without_dates(event: EventPage, title: str) -> EventPage:
    """Write a draft of an event from which every date is taken away."""
    draft = event.get_latest_revision_as_object()
    draft.title = title
    draft.offerings.clear()
    return draft


@pytest.mark.parametrize("somebody_registers", [True, False])
def test_a_scheduled_draft_takes_away_only_what_nobody_registered_for(north, learner, somebody_registers):
    event = catalog_factory.event()
    draft = _without_dates(event, "Closed kitchen")
    draft.go_live_at = clock.now() + timedelta(minutes=30)
    draft.save_revision().publish()
    if somebody_registers:
        _register(learner, Offering.objects.get())

    with time_machine.travel(clock.now() + timedelta(hours=1)):
        publish_scheduled.run()

    assert EventPage.objects.get().title == "Closed kitchen"
    assert Offering.objects.exists() is somebody_registers


def test_an_editor_who_opens_an_older_draft_sees_the_date_again(editor, learner):
    event = catalog_factory.event()
    _without_dates(event, "Closed kitchen").save_revision()
    date = Offering.objects.get()
    _register(learner, date)
    client = Client(headers={"host": "north.localhost"})
    client.force_login(editor)

    form = client.get(reverse("wagtailadmin_pages:edit", args=(event.pk,))).content.decode()

    assert str(date.pk) in form


def test_what_can_t_be_published_keeps_nothing_else_waiting(north, monkeypatch, caplog):
    soon = clock.now() + timedelta(minutes=30)
    index = CourseIndexPage.objects.get()
    for title in ("Broken", "Sound"):
        course = index.add_child(instance=CoursePage(title=title, slug=title.lower(), summary="Soon.", live=False))
        course.go_live_at = soon
        course.save_revision().publish()
        soon += timedelta(minutes=1)
    whole = CoursePage.full_clean
    monkeypatch.setattr(CoursePage, "full_clean", lambda page, *a, **k: 1 / 0 if page.slug == "broken" else whole(page))

    with time_machine.travel(clock.now() + timedelta(hours=1)):
        publish_scheduled.run()

    assert list(CoursePage.objects.filter(live=True).values_list("slug", flat=True)) == ["sound"]
    assert "as was set" in caplog.text


def test_a_page_that_is_over_goes_off_by_the_clock(north):
    course = catalog_factory.course()
    CoursePage.objects.update(expire_at=clock.now() + timedelta(minutes=30))

    with time_machine.travel(clock.now() + timedelta(hours=1)):
        publish_scheduled.run()

    course.refresh_from_db()
    assert (course.live, course.expired) == (False, True)


@pytest.mark.parametrize("registered", [True, False])
def test_ticking_and_deleting_keeps_what_people_registered_for(editor, learner, registered):
    event, other = catalog_factory.event(), catalog_factory.event("Harvest supper")
    if registered:
        _register(learner, event.offerings.get())
    client = Client(headers={"host": "north.localhost"})
    client.force_login(editor)
    ticked = f"?id={event.pk}&id={other.pk}&next=/admin/"

    path = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "delete"))
    response = client.post(path + ticked, {}, follow=True)

    assert response.status_code == 200
    assert EventPage.objects.count() == (2 if registered else 0)
    assert ("“Open kitchen” can't be deleted" in unescape(response.content.decode())) is registered
