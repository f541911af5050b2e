"""Joining an online event from its page."""

import pytest
from django.test import Client

from academies.kernel import clock
from commerce.enrolments.models import Registration
from tests.fixtures import catalog_factory, lesson_factory

ROOM = "https://meet.example/dashboards"
WORDS = f"The room opens at ten:\n{ROOM}. <b>Bring tea.</b>"


@pytest.mark.parametrize("path", ["/my/", "/events/open-kitchen/"])
def test_the_address_of_the_online_meeting_is_a_link(north, learner, path):
    date = catalog_factory.event(attendance="online", joining_instructions=WORDS).offerings.get()
    Registration.objects.create(person=learner, offering=date, status="confirmed", created_at=clock.now())
    client = Client(headers={"host": "north.localhost"})
    client.force_login(learner)

    page = client.get(path).content.decode()

    assert f'href="{ROOM}"' in page
    assert "<b>Bring tea.</b>" not in page


@pytest.mark.parametrize(("begun", "label"), [(False, "Begin here"), (True, "Continue where you were")])
def test_the_course_to_go_on_with_is_not_said_to_be_begun_before_it_is(north, learner, begun, label):
    course = lesson_factory.course(lessons=[lesson_factory.TEXT, lesson_factory.TEXT])
    lesson_factory.enrolled(learner, course)
    first = lesson_factory.lessons_of(course)[0]
    client = Client(headers={"host": "north.localhost"})
    client.force_login(learner)
    if begun:
        client.post(f"/learn/lesson/{first.pk}/complete/")

    page = client.get("/my/").content.decode()

    assert label in page
