"""Signed-in devices: the list names browsers and programs, and each can be signed out."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academies.kernel import clock
from academies.people import actions
from academies.people.facts import Device
from academies.people.models import BrowserSession
from academies.tenants.context import inside
from tests.fixtures.people import PASSWORD


def browser(person=None, agent="Firefox"):
    client = Client(headers={"host": "north.localhost", "user-agent": agent})
    if person:
        client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return client


@pytest.fixture
def own_browser(learner):
    return browser(learner)


def listed(client, **headers):
    return client.get("/api/v1/auth/sessions/", headers=headers).json()["results"]


def is_in(client):
    return client.get("/api/v1/auth/profile/").status_code == 200


def program(person):
    response = browser().post(
        "/api/v1/auth/login/", {"email": person.email, "password": PASSWORD}, content_type="application/json"
    )
    return {"authorization": f"Bearer {response.json()['access_token']}"}


def test_browsers_and_programs_are_one_list(own_browser, learner, stranger):
    browser(stranger)
    browser(learner, "Safari")
    token = program(learner)

    from_here, from_there = listed(own_browser), listed(browser(), **token)

    assert sorted((device["kind"], device["user_agent"]) for device in from_here) == [
        ("browser", "Firefox"),
        ("browser", "Safari"),
        ("program", "Firefox"),
    ]
    assert [device["user_agent"] for device in from_here if device["current"]] == ["Firefox"]
    assert [device["kind"] for device in from_there if device["current"]] == ["program"]
    assert {device["address"] for device in from_here} == {"127.0.0.1"}


def test_the_list_gives_no_key_of_a_session_away(own_browser):
    shown = own_browser.get("/api/v1/auth/sessions/").content.decode()

    with inside("north"):
        keys = list(BrowserSession.objects.values_list("session_key", flat=True))
    assert keys
    assert not any(key in shown for key in keys)


def test_a_browser_is_ended_from_a_program(own_browser, learner, stranger):
    token = program(learner)
    place = next(device["id"] for device in listed(own_browser) if device["kind"] == "browser")
    address = f"/api/v1/auth/sessions/{place}/"

    by_another = browser().delete(address, headers=program(stranger))
    assert is_in(own_browser)
    by_me = browser().delete(address, headers=token)

    assert (by_another.status_code, by_me.status_code) == (404, 204)
    assert not is_in(own_browser)
    assert browser().delete(address, headers=token).status_code == 404


def test_a_browser_that_ends_itself_is_out(own_browser):
    place = listed(own_browser)[0]["id"]

    response = own_browser.delete(f"/api/v1/auth/sessions/{place}/")

    assert response.status_code == 204
    assert not is_in(own_browser)


def test_signing_out_takes_a_browser_off_the_list(own_browser, learner):
    other = browser(learner, "Safari")
    other.post("/account/logout/")

    assert [device["user_agent"] for device in listed(own_browser)] == ["Firefox"]


def test_a_new_password_leaves_only_the_browser_that_chose_it(own_browser, learner):
    other, before = browser(learner, "Safari"), listed(own_browser)

    response = own_browser.post(
        "/api/v1/auth/password-change/",
        {"current_password": PASSWORD, "new_password": "Another-pass-7"},
        content_type="application/json",
    )

    assert response.status_code == 200
    assert not is_in(other)
    after = listed(own_browser)
    assert [(device["user_agent"], device["current"]) for device in after] == [("Firefox", True)]
    assert after[0]["id"] in {device["id"] for device in before}


def test_when_a_browser_was_last_used_is_noted_now_and_then(own_browser):
    first = listed(own_browser)[0]["last_used_at"]

    with time_machine.travel(clock.now() + timedelta(hours=3)):
        listed(own_browser)
        later = listed(own_browser)[0]["last_used_at"]

    assert later > first


def test_a_session_of_nobody_has_no_person(north):
    client = browser()
    client.get("/account/login/")
    with inside("north"):
        session = client.session
        session["seen"] = 1
        session.save()

        assert list(BrowserSession.objects.values_list("person", "place")) == [(None, None)]


def test_the_list_costs_the_same_however_many_places(own_browser, learner):
    costs = []
    for number in (1, 30):
        with inside("north"):
            for _ in range(number):
                actions.start_session(person=learner, device=Device(user_agent="curl"), now=clock.now())
        listed(own_browser)
        with CaptureQueriesContext(connection) as captured:
            listed(own_browser)
        costs.append(len(captured))

    assert costs[0] == costs[1] <= 5
    assert "LIMIT 20" in captured[-1]["sql"]
