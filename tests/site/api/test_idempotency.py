"""Idempotency-Key: a repeated request gets the stored response."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory

from academies.kernel import clock
from academies.people import actions
from academies.people.facts import Device
from academies.people.models import User
from academies.tenants.context import inside
from lyceum.api import idempotency
from lyceum.api.idempotency import IdempotencyMiddleware
from lyceum.models import StoredResponse
from tests.fixtures.concurrency import at_once, people_of

BODY = {
    "full_name": "Nadia Neumann",
    "email": "nadia@example.org",
    "password": "Sourdough-7",
    "date_of_birth": "1990-01-15",
}


def sign_up(client, key, body=BODY, **headers):
    return client.post(
        "/api/v1/auth/signup/", body, content_type="application/json", headers={"idempotency-key": key, **headers}
    )


def test_a_repeat_gets_the_first_answer_and_does_nothing(api):
    first = sign_up(api, "one")

    second = sign_up(api, "one")

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    with inside("north"):
        assert User.objects.count() == 1


# --- a sign-up's tokens ---------------------------------------------------------------------------------------------
def _refresh(client, token):
    return client.post("/api/v1/auth/refresh/", {"refresh_token": token}, content_type="application/json")


def test_no_token_of_a_sign_up_can_be_read_in_the_database(api):
    tokens = sign_up(api, "one").json()

    with inside("north"):
        stored = bytes(StoredResponse.objects.get().body)

    for secret in (tokens["access_token"], tokens["refresh_token"], BODY["email"]):
        assert secret.encode() not in stored


@pytest.mark.parametrize("ended", ["refreshed", "signed out"])
def test_a_repeat_after_the_pair_was_used_hands_out_another_and_ends_nothing(api, ended):
    first = sign_up(api, "one").json()
    if ended == "refreshed":
        newer = _refresh(api, first["refresh_token"]).json()
    else:
        api.post("/api/v1/auth/logout/", headers={"authorization": f"Bearer {first['access_token']}"})

    responses = [sign_up(api, "one") for _ in range(2)]

    assert [response.status_code for response in responses] == [201, 201]
    assert responses[0].content == responses[1].content
    second = responses[0].json()
    assert second["user"] == first["user"]
    assert _refresh(api, second["refresh_token"]).status_code == 200
    if ended == "refreshed":
        assert _refresh(api, newer["refresh_token"]).status_code == 200


def test_a_repeat_doesn_t_sign_in_whose_password_has_changed(api):
    first = sign_up(api, "one").json()
    api.post(
        "/api/v1/auth/password-change/", {"current_password": BODY["password"], "new_password": "Rye-and-salt-9"},
        content_type="application/json", headers={"authorization": f"Bearer {first['access_token']}"},
    )  # fmt: skip
    assert _refresh(api, first["refresh_token"]).status_code == 200

    again = sign_up(api, "one")

    assert (again.status_code, again.json()["code"]) == (401, "invalid_credentials")


def test_a_repeat_whose_answer_nobody_can_open_is_told_of_the_account(api, settings):
    sign_up(api, "one")
    settings.SEALING_KEYS = ["another" * 8]

    again = sign_up(api, "one")

    assert (again.status_code, again.json()["code"]) == (409, "email_taken")


def test_a_refusal_is_repeated_too(api):
    first, second = (sign_up(api, "one", {**BODY, "full_name": "7"}) for _ in range(2))

    assert first.status_code == second.status_code == 400
    assert first.content == second.content
    assert second["Content-Type"] == "application/problem+json"


def test_the_same_key_with_another_body_is_a_mismatch(api):
    sign_up(api, "one")

    response = sign_up(api, "one", {**BODY, "email": "other@example.org"})

    assert response.status_code == 422
    assert response.json()["code"] == "idempotency_mismatch"


def test_the_same_key_for_another_endpoint_is_a_mismatch(api):
    sign_up(api, "one")

    response = api.post(
        "/api/v1/auth/register/", BODY, content_type="application/json", headers={"idempotency-key": "one"}
    )

    assert response.status_code == 422


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "é", "a\tb"])
def test_what_is_no_key_is_refused(api, key):
    response = sign_up(api, key)

    assert response.status_code == 400
    with inside("north"):
        assert not User.objects.exists()


def test_a_key_of_255_signs_is_one(api):
    assert sign_up(api, "x" * 255).status_code == 201


def test_after_a_day_the_key_is_free_again(api):
    sign_up(api, "one")

    with time_machine.travel(timedelta(hours=24, seconds=1)):
        response = sign_up(api, "one")

    assert response.status_code == 409
    assert response.json()["code"] == "email_taken"


def test_without_a_key_nothing_is_kept(api):
    api.post("/api/v1/auth/signup/", BODY, content_type="application/json")

    with inside("north"):
        assert not StoredResponse.objects.exists()


def test_signing_in_is_never_kept(api, learner):
    for _ in range(2):
        response = api.post(
            "/api/v1/auth/login/",
            {"email": learner.email, "password": "Lyceum-demo-1"},
            content_type="application/json",
            headers={"idempotency-key": "one"},
        )
        assert response.status_code == 200

    with inside("north"):
        assert not StoredResponse.objects.exists()


# --- whose key ------------------------------------------------------------------------------------------------------
def _change(client, token, key="one"):
    return client.post(
        "/api/v1/auth/sessions/revoke-all/",
        {},
        content_type="application/json",
        headers={"idempotency-key": key, "authorization": f"Bearer {token}"},
    )


def test_two_people_may_use_the_same_key(api, learner, stranger):
    mine = actions.start_session(person=learner, device=Device(), now=clock.now()).access
    theirs = actions.start_session(person=stranger, device=Device(), now=clock.now()).access

    first, second = _change(api, mine), _change(api, theirs)

    assert first.status_code == second.status_code == 200
    assert "Idempotent-Replayed" not in second


def test_a_token_that_was_ended_is_told_nothing_again(api, learner):
    token = actions.start_session(person=learner, device=Device(), now=clock.now()).access
    assert _change(api, token).status_code == 200

    again = _change(api, token)

    assert again.status_code == 401


def test_the_same_key_in_another_academy_is_another_key(api, south):
    sign_up(api, "one")

    there = sign_up(Client(headers={"host": "south.localhost"}), "one")

    assert there.status_code == 201
    assert "Idempotent-Replayed" not in there


# --- meanwhile and after a crash ------------------------------------------------------------------------------------
def _middleware(answer, seen):
    """The middleware around a view that returns this response and counts its calls."""

    def work(request):
        seen.append(1)
        if isinstance(answer, Exception):
            raise answer
        return HttpResponse(b"{}", status=answer, content_type="application/json")

    return IdempotencyMiddleware(work)


def _request(key="one"):
    request = RequestFactory().post(
        "/api/v1/things/", b"{}", content_type="application/json", headers={"idempotency-key": key}
    )
    request.user = AnonymousUser()
    return request


def test_a_key_in_flight_is_a_conflict(north):
    middleware = _middleware(201, seen := [])
    inner = []
    outer = IdempotencyMiddleware(
        lambda request: inner.append(middleware(_request())) or HttpResponse(b"{}", status=201)
    )

    outer(_request())

    assert [response.status_code for response in inner] == [409]
    assert b"in_flight" in inner[0].content
    assert seen == []


@pytest.mark.parametrize("status", [500, 503, 429, 401])
def test_an_answer_that_may_get_better_is_not_kept(north, status):
    assert _middleware(status, [])(_request()).status_code == status

    assert _middleware(201, seen := [])(_request()).status_code == 201
    assert seen == [1]


def test_a_view_that_raises_leaves_the_key_free(north):
    with pytest.raises(RuntimeError):
        _middleware(RuntimeError("broken"), [])(_request())

    assert _middleware(201, [])(_request()).status_code == 201


def test_what_a_dead_process_left_is_taken_over_after_a_minute(north):
    _middleware(201, [])(_request())
    # As if the process had died before it stored its response: the claim of the key stays.
    StoredResponse.objects.update(status=None)

    with time_machine.travel(timedelta(seconds=59)):
        soon = _middleware(201, [])(_request())
    with time_machine.travel(timedelta(seconds=61)):
        later = _middleware(201, seen := [])(_request())

    assert (soon.status_code, later.status_code) == (409, 201)
    assert seen == [1]


def test_old_answers_are_purged(api):
    sign_up(api, "one")
    with inside("north"):
        assert idempotency.purge(now=clock.now() + timedelta(hours=23)) == 0
        assert idempotency.purge(now=clock.now() + timedelta(hours=24, seconds=1)) == 1


# --- at one moment --------------------------------------------------------------------------------------------------
@pytest.mark.threads
def test_of_twenty_at_once_one_works(committed_academy):
    seen = []

    def send(number):
        return _middleware(201, seen)(_request()).status_code

    results = at_once(20, send)

    assert len(seen) == 1, results
    assert set(results) <= {201, 409}


@pytest.mark.threads
def test_of_twenty_refreshes_at_once_one_gets_a_pair(committed_academy):
    [person] = people_of(committed_academy, 1)
    token = actions.start_session(person=person, device=Device(), now=clock.now()).refresh

    results = at_once(20, lambda number: actions.refresh(token=token, now=clock.now()))

    pairs = [result for result in results if not isinstance(result, Exception)]
    assert len(pairs) == 1
    assert {type(result) for result in results if isinstance(result, Exception)} == {actions.InvalidRefreshToken}


@pytest.mark.threads
def test_of_ten_sign_ups_at_once_one_makes_an_account(committed_academy):
    from datetime import date

    from academies.people.facts import NewPerson

    newcomer = NewPerson("Nadia Neumann", "nadia@example.org", "Sourdough-7", date(1990, 1, 15))

    results = at_once(10, lambda number: actions.sign_up(newcomer=newcomer, now=clock.now()))

    assert sum(isinstance(result, User) for result in results) == 1
    assert {type(result) for result in results} == {User, actions.EmailTaken}
