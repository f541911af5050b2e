"""People in the admin: what staff see of a person, and what they don't."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from academies.people import actions
from academies.people.models import User
from academies.tenants.context import inside
from tests.fixtures.people import make_person

ROLES = ["Owner", "Teacher", "Finance", "Front desk"]


@pytest.fixture
def seen_learner(learner):
    seen = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
    User.objects.filter(pk=learner.pk).update(date_of_birth=date(1987, 6, 5), last_login=seen)
    return learner


def signed_in(role):
    browser = Client(headers={"host": "north.localhost"})
    with inside("north"):
        browser.force_login(make_person(f"{role.split()[0]} Somebody", role))
    return browser


def pages(browser, pk):
    paths = ("", "?export=csv", f"inspect/{pk}/", f"history/{pk}/")
    responses = [browser.get(f"/admin/people/user/{path}") for path in paths]
    assert {response.status_code for response in responses} == {200}
    return [b"".join(response).decode() if response.streaming else response.content.decode() for response in responses]


@pytest.mark.parametrize("role", ROLES)
def test_a_date_of_birth_is_shown_to_nobody(seen_learner, role):
    shown = "".join(pages(signed_in(role), seen_learner.pk))

    assert "Lena Learner" in shown
    assert "1987" not in shown
    assert "birth" not in shown.lower()


@pytest.mark.parametrize("role", ROLES)
def test_the_last_sign_in_is_for_those_who_manage_people(seen_learner, role):
    shown = "".join(pages(signed_in(role), seen_learner.pk))

    assert ("3 November 2026" in shown) == (role == "Owner")
    assert ("last login" in shown.lower()) == (role == "Owner")


@pytest.mark.parametrize("who", ["learner", "stranger"])
def test_the_people_admin_is_closed_to_others(request, seen_learner, who):
    browser = Client(headers={"host": "north.localhost"})
    browser.force_login(request.getfixturevalue(who))

    assert browser.get(f"/admin/people/user/inspect/{seen_learner.pk}/").status_code == 302


def test_a_person_of_another_academy_is_nobody_here(owner, south):
    elsewhere = make_person("Sam South", "Learner")
    browser = Client(headers={"host": "north.localhost"})
    with inside("north"):
        browser.force_login(owner)

    assert browser.get(f"/admin/people/user/inspect/{elsewhere.pk}/").status_code == 404


@pytest.mark.parametrize(("proven", "word"), [(True, "yes"), (False, "no")])
def test_the_people_admin_says_whether_an_address_is_confirmed(seen_learner, proven, word):
    if proven:
        actions.confirm_email(person=seen_learner)

    listed, exported, inspected, _ = pages(signed_in("Owner"), seen_learner.pk)

    assert "Email confirmed" in listed
    row = next(line for line in exported.splitlines() if str(seen_learner.pk) in line)
    assert row.split(",")[3] == word
    assert "Email confirmed" in inspected
