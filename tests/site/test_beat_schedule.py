"""Celery beat: scheduled tasks exist and fan out over the academies."""

from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from django.db import connection

from academies.kernel import clock
from academies.tenants import broker, tasks
from catalog.courses.models import CourseIndexPage, CoursePage
from catalog.courses.tasks import publish_scheduled
from lyceum.celery import app

SCHEDULE = app.conf.beat_schedule


@pytest.mark.parametrize("entry", SCHEDULE)
def test_every_entry_of_the_clock_names_tasks_that_exist(entry):
    current_app.loader.import_default_modules()
    scheduled = SCHEDULE[entry]

    assert {scheduled["task"], *scheduled.get("args", [])[:1]} <= set(current_app.tasks)


@pytest.mark.parametrize("entry", SCHEDULE)
def test_what_the_clock_sends_is_thrown_away_when_the_next_comes_and_delays_nobody(entry):
    scheduled = SCHEDULE[entry]

    assert scheduled["options"]["expires"] <= scheduled["schedule"]
    assert scheduled["options"]["queue"] == ("sweeps" if scheduled["task"] == "tenants.fan_out" else "default")


def test_a_fan_out_sends_one_message_an_academy(db, monkeypatch):
    sent = []
    monkeypatch.setattr(
        broker.current_app, "send_task",
        lambda name, **options: sent.append((options["headers"]["academy"], name, options["queue"], options["expires"])),
    )  # fmt: skip

    tasks.fan_out("outbox.sweep", 10)

    assert {("north", "outbox.sweep", "sweeps", 10), ("south", "outbox.sweep", "sweeps", 10)} <= set(sent)


@pytest.mark.parametrize("scheduled_in", ["north", "south"])
def test_a_scheduled_page_goes_live_in_its_academy(scheduled_in, request):
    request.getfixturevalue(scheduled_in)
    course = CoursePage(title="Later", slug="later", summary="Soon.", live=False)
    CourseIndexPage.objects.get().add_child(instance=course)
    course.go_live_at = clock.now() + timedelta(minutes=30)
    course.save_revision().publish()
    assert not CoursePage.objects.get(slug="later").live

    with time_machine.travel(clock.now() + timedelta(hours=1)):
        publish_scheduled.run()

    assert connection.schema_name == scheduled_in
    assert CoursePage.objects.get(slug="later").live
