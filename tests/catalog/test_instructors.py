"""Instructors: an editor links one to an account without seeing the learners."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text

from catalog.courses.models import Instructor

ADD = "wagtailsnippets_courses_instructor:add"


@pytest.fixture
def desk(editor) -> Client:
    client = Client(headers={"host": "north.localhost"})
    client.force_login(editor)
    return client


def _form(**over: str) -> dict[str, str]:
    return nested_form_data({"name": "Ana", "slug": "ana", "role": "", "biography": rich_text(""), **over})


def test_only_those_with_a_role_in_the_admin_are_offered(desk, teacher, learner, stranger):
    form = desk.get(reverse(ADD)).content.decode()

    assert str(teacher.pk) in form
    assert str(learner.pk) not in form
    assert learner.full_name not in form
    assert stranger.full_name not in form


@pytest.mark.parametrize(("who", "linked"), [("teacher", True), ("learner", False)])
def test_an_account_is_linked_if_it_works_here(desk, who, linked, request):
    person = request.getfixturevalue(who)

    desk.post(reverse(ADD), _form(account=str(person.pk)))

    assert Instructor.objects.filter(account=person).exists() is linked


def test_an_account_that_lost_its_role_stays_until_somebody_takes_it_off(desk, learner):
    ana = Instructor.objects.create(name="Ana", slug="ana", account=learner)

    edit = reverse("wagtailsnippets_courses_instructor:edit", args=(ana.pk,))
    desk.post(edit, _form(name="Ana Pires", account=str(learner.pk)))

    ana.refresh_from_db()
    assert ana.get_latest_revision_as_object().name == "Ana Pires"
