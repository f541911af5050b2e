"""Passwords: change by the current password, reset by email."""

import statistics
import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from academies.outbox import actions as outbox
from academies.tenants.context import inside
from tests.fixtures.http_client import post_auth, request_sign_in
from tests.fixtures.people import PASSWORD
from tests.fixtures.untraced import untraced

NEW = "Rye-and-salt-9"


def emails(academy="north"):
    with inside(academy):
        outbox.drain()
    return mail.outbox


def request_reset(client, person):
    """Request a reset and return the token in its email."""
    post_auth(client, "password-reset", {"email": person.email})
    letter = emails()[-1]
    link = next(word for word in letter.body.split() if word.startswith("http"))
    assert link.startswith("http://north.localhost:8000/account/password/reset/key/")
    return link.strip("/").rpartition("/")[2]


# --- changing -------------------------------------------------------------------------------------------------------
def test_changing_it_signs_out_everywhere_else(api, learner):
    here, there = (
        request_sign_in(api, learner).json(),
        request_sign_in(api, learner).json(),
    )

    response = post_auth(
        api, "password-change", {"current_password": PASSWORD, "new_password": NEW}, token=here["access_token"]
    )

    assert response.status_code == 200
    assert request_sign_in(api, learner).status_code == 401
    assert request_sign_in(api, learner, NEW).status_code == 200
    assert post_auth(api, "refresh", {"refresh_token": there["refresh_token"]}).status_code == 401
    assert post_auth(api, "refresh", {"refresh_token": here["refresh_token"]}).status_code == 200
    assert [letter.subject for letter in emails()] == ["Your password was changed"]


def test_changing_it_needs_the_current_one(api, learner):
    token = request_sign_in(api, learner).json()["access_token"]

    response = post_auth(api, "password-change", {"current_password": "Wrong-1x", "new_password": NEW}, token=token)

    assert list(response.json()["fields"]) == ["current_password"]
    assert request_sign_in(api, learner).status_code == 200


def test_the_new_one_follows_the_rules(api, learner):
    token = request_sign_in(api, learner).json()["access_token"]

    response = post_auth(api, "password-change", {"current_password": PASSWORD, "new_password": "simple"}, token=token)

    assert list(response.json()["fields"]) == ["new_password"]


def test_changing_it_in_a_browser_keeps_that_browser(learner):
    here, there = (Client(headers={"host": "north.localhost"}) for _ in range(2))
    with inside("north"):
        here.force_login(learner)
        there.force_login(learner)

    response = post_auth(here, "password-change", {"current_password": PASSWORD, "new_password": NEW})

    assert response.status_code == 200
    assert here.get("/api/v1/auth/profile/").status_code == 200
    assert there.get("/api/v1/auth/profile/").status_code == 401


# --- resetting ------------------------------------------------------------------------------------------------------
def test_a_link_in_an_email_sets_a_new_password_once(api, learner):
    pair = request_sign_in(api, learner).json()
    token = request_reset(api, learner)

    first = post_auth(api, "password-reset-confirm", {"token": token, "password": NEW})
    second = post_auth(api, "password-reset-confirm", {"token": token, "password": "Another-one-3"})

    assert first.status_code == 200
    assert second.status_code == 400
    assert second.json()["code"] == "invalid_link"
    assert request_sign_in(api, learner, NEW).status_code == 200
    assert post_auth(api, "refresh", {"refresh_token": pair["refresh_token"]}).status_code == 401


def test_too_simple_a_password_does_not_use_the_link_up(api, learner):
    token = request_reset(api, learner)

    refused = post_auth(api, "password-reset-confirm", {"token": token, "password": "simple"})

    assert list(refused.json()["fields"]) == ["password"]
    assert post_auth(api, "password-reset-confirm", {"token": token, "password": NEW}).status_code == 200


def test_asking_says_the_same_for_an_address_that_nobody_has(api, learner):
    known = post_auth(api, "password-reset", {"email": learner.email})
    unknown = post_auth(api, "password-reset", {"email": "nobody@north.example"})

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert [letter.to for letter in emails()] == [[learner.email]]


@pytest.mark.slow
def test_asking_takes_as_long_for_an_address_that_nobody_has(api, learner):
    def seconds(email):
        began = time.perf_counter()
        post_auth(api, "password-reset", {"email": email})
        return time.perf_counter() - began

    with untraced():
        spent = [(seconds(learner.email), seconds("nobody@north.example")) for _ in range(40)]

    known, unknown = (statistics.median(column) for column in zip(*spent, strict=True))
    assert abs(known - unknown) < 0.010


def test_a_link_is_too_old_after_three_days(api, learner):
    token = request_reset(api, learner)

    with time_machine.travel(timedelta(days=3, minutes=1)):
        response = post_auth(api, "password-reset-confirm", {"token": token, "password": NEW})

    assert response.status_code == 400


def test_signing_in_meanwhile_spends_the_link(api, learner):
    token = request_reset(api, learner)
    with time_machine.travel(timedelta(minutes=1)):
        request_sign_in(api, learner)

    response = post_auth(api, "password-reset-confirm", {"token": token, "password": NEW})

    assert response.status_code == 400


def test_a_link_of_one_academy_sets_nothing_in_another(api, learner, south):
    token = request_reset(api, learner)

    response = post_auth(
        Client(headers={"host": "south.localhost"}), "password-reset-confirm", {"token": token, "password": NEW}
    )

    assert response.status_code == 400


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "forwarded"])
def test_no_header_chooses_where_the_link_leads(north, learner, header):
    headers = {"host": "north.localhost"}
    headers[header] = {"host": "north.localhost:666", "forwarded": "host=evil.example"}.get(header, "evil.example")
    client = Client(headers=headers)

    post_auth(client, "password-reset", {"email": learner.email})

    body = emails()[-1].body
    assert "evil" not in body
    assert ":666" not in body
    assert "http://north.localhost:8000/account/password/reset/key/" in body


@pytest.mark.parametrize("token", ["", "-", "x", "zz-zz", "0-0-0", "é-é", "-" * 400, "f" * 32 + "-abc-def", "x" * 501])
def test_what_is_no_link_is_refused(api, token):
    assert post_auth(api, "password-reset-confirm", {"token": token, "password": NEW}).status_code == 400
    assert post_auth(api, "verify-email", {"token": token}).status_code == 400


def test_the_same_link_opens_the_page(api, learner):
    token = request_reset(api, learner)

    page = api.get(f"/account/password/reset/key/{token}/", follow=True)
    done = api.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW}, follow=True)

    assert page.status_code == done.status_code == 200
    assert request_sign_in(api, learner, NEW).status_code == 200


# --- storing --------------------------------------------------------------------------------------------------------
def test_passwords_are_stored_by_argon2id_at_the_recommended_cost(settings):
    from django.contrib.auth.hashers import check_password, make_password

    settings.PASSWORD_HASHERS = ["academies.people.hashers.Argon2"]

    stored = make_password(NEW)

    assert stored.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password(NEW, stored)
