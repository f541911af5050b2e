"""Sign-in rate limits: guessing is slowed down everywhere and locks nobody out of their usual place."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core import mail
from django.test import Client, RequestFactory

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.people import actions
from academies.people.models import KnownDevice, User
from academies.tenants import counters
from academies.tenants.context import inside
from tests.fixtures.people import PASSWORD

HOME, ELSEWHERE = "203.0.113.7", "198.51.100.{}"


@pytest.fixture(autouse=True)
def frozen_time(settings):
    settings.RATES = {"sign_in": {"known": "3/min", "address": "2/min,4/h", "account": "4/min,8/h"}}
    # A window must not end between two requests.
    with time_machine.travel("2026-11-21 10:00:10Z", tick=False) as travel:
        yield travel


def browser():
    return Client(headers={"host": "north.localhost"})


def by_api(client, email, password, address):
    payload = {"email": email, "password": password}
    response = client.post("/api/v1/auth/login/", payload, content_type="application/json", REMOTE_ADDR=address)
    return response.status_code


def by_page(client, email, password, address):
    page = client.post("/account/login/", {"login": email, "password": password}, REMOTE_ADDR=address)
    if page.status_code == 302:
        return 200
    return 429 if "Too many wrong passwords" in page.content.decode() else 401


def guess(email, times, address=ELSEWHERE.format(1)):
    return [by_api(browser(), email, "Wrong-pass-1", address) for _ in range(times)]


# --- one limit ------------------------------------------------------------------------------------------------------
def test_every_way_in_counts_together(learner):
    elsewhere = ELSEWHERE.format(1)

    tries = [way(browser(), learner.email, "Wrong-pass-1", elsewhere) for way in (by_api, by_page, by_api, by_page)]

    assert tries == [401, 401, 429, 429]


def test_a_view_that_asks_django_is_limited_too(learner, monkeypatch):
    looked_at = []
    monkeypatch.setattr(User, "check_password", lambda self, password: bool(looked_at.append(password)))
    request = RequestFactory().post("/any/view/of/any/package/", REMOTE_ADDR=ELSEWHERE.format(1))

    for _ in range(4):
        with suppress(actions.TooManyFailures):
            assert authenticate(request, username=learner.email, password="Wrong-pass-1") is None

    assert len(looked_at) == 2


def test_an_address_that_nobody_has_is_limited_in_the_same_words(learner):
    known, unknown = guess(learner.email, 3), guess("nobody@north.example", 3)

    assert known == unknown == [401, 401, 429]


def test_a_right_password_is_no_failure(learner):
    assert {by_api(browser(), learner.email, PASSWORD, HOME) for _ in range(12)} == {200}


@pytest.mark.parametrize("way", [by_api, by_page])
def test_limits_hold_without_the_cache_server(learner, way, without_cache_server):
    assert [way(browser(), learner.email, "Wrong-pass-1", ELSEWHERE.format(1)) for _ in range(3)] == [401, 401, 429]


def test_inventing_accounts_doesn_t_empty_the_counters_of_a_process(north, monkeypatch):
    monkeypatch.setattr(counters, "MAX_KEYS", 100)
    local = counters.LocalCounters()
    for number in range(100):
        local.add(f"short:{number}", 1, 60)
    local.add("wanted", 7, 3600)

    for number in range(300):
        local.add(f"invented:{number}", 1, 60)

    assert local.add("wanted", 1, 3600) == 8
    assert len(local.counts) <= 101


# --- slow-down before stop ------------------------------------------------------------------------------------------
def test_a_stranger_waits_a_minute_and_later_for_the_rest_of_the_hour(learner, frozen_time):
    tries = []
    for _ in range(4):
        tries.append(guess(learner.email, 3))
        frozen_time.shift(60)

    assert tries == [[401, 401, 429], [401, 401, 429], [429] * 3, [429] * 3]
    frozen_time.shift(3600)
    assert guess(learner.email, 1) == [401]


def test_a_guess_from_many_addresses_is_bounded(learner, frozen_time):
    evaluated = 0
    for minute in range(30):
        for number in range(1, 11):
            evaluated += guess(learner.email, 1, ELSEWHERE.format(minute * 8 % 200 + number)).count(401)
        frozen_time.shift(60)

    assert evaluated == 8


def test_no_more_may_be_guessed_from_unknown_places_than_before():
    from lyceum import settings

    rates = counters.parse_rates(settings.RATES["sign_in"]["account"])

    assert min(number * 3600 // seconds for number, seconds in rates) <= 600


# --- nobody is shut out ---------------------------------------------------------------------------------------------
def use_up(email):
    """Guess from many places until no place that is unknown is let in any more."""
    for number in range(1, 9):
        guess(email, 2, ELSEWHERE.format(number))
    assert by_api(browser(), email, PASSWORD, ELSEWHERE.format(99)) == 429


@pytest.mark.parametrize("way", [by_api, by_page])
def test_she_gets_in_from_the_address_she_signed_in_from(learner, way):
    by_api(browser(), learner.email, PASSWORD, HOME)
    use_up(learner.email)

    assert way(browser(), learner.email, PASSWORD, HOME) == 200


def test_she_gets_in_with_the_browser_she_signed_in_with(learner):
    own = browser()
    assert by_page(own, learner.email, PASSWORD, HOME) == 200
    own.post("/account/logout/")
    use_up(learner.email)

    assert by_page(own, learner.email, PASSWORD, ELSEWHERE.format(100)) == 200


def test_who_shares_her_address_uses_up_the_address_and_not_her_browser(learner):
    own = browser()
    by_page(own, learner.email, PASSWORD, HOME)
    guess(learner.email, 5, HOME)

    assert by_page(browser(), learner.email, PASSWORD, HOME) == 429
    assert by_page(own, learner.email, PASSWORD, HOME) == 200


def test_from_a_new_place_the_emailed_link_lets_her_in(learner):
    use_up(learner.email)
    own, address = browser(), ELSEWHERE.format(100)

    own.post("/account/password/reset/", {"email": learner.email}, REMOTE_ADDR=address)
    with inside("north"):
        outbox.drain()
    link = re.search(r"/account/password/reset/key/\S+", mail.outbox[-1].body).group()
    form = own.get(link, follow=True, REMOTE_ADDR=address).redirect_chain[-1][0]
    own.post(form, {"password1": "Rye-and-salt-9", "password2": "Rye-and-salt-9"}, REMOTE_ADDR=address)

    assert own.get("/api/v1/auth/profile/").status_code == 200
    own.post("/account/logout/")
    assert by_page(own, learner.email, "Rye-and-salt-9", address) == 200


def test_another_person_s_browser_is_a_stranger_s(learner, stranger):
    own = browser()
    by_page(own, stranger.email, PASSWORD, ELSEWHERE.format(1))
    own.post("/account/logout/")

    assert [by_page(own, learner.email, "Wrong-pass-1", ELSEWHERE.format(1)) for _ in range(3)] == [401, 401, 429]


# --- known places ---------------------------------------------------------------------------------------------------
def test_nothing_of_a_place_can_be_read_from_its_row(learner):
    own = browser()
    by_page(own, learner.email, PASSWORD, HOME)

    rows = str(list(KnownDevice.objects.values()))
    assert KnownDevice.objects.count() == 2
    assert HOME not in rows
    assert own.cookies["device"].value not in rows
    assert own.cookies["device"]["httponly"]


def test_a_cookie_that_somebody_planted_isn_t_taken_over(learner):
    own = browser()
    own.cookies["device"] = "planted-by-somebody-who-knows-it"

    by_page(own, learner.email, PASSWORD, HOME)

    assert own.cookies["device"].value != "planted-by-somebody-who-knows-it"


def test_a_new_password_forgets_every_other_place(learner):
    there, here = browser(), browser()
    by_page(there, learner.email, PASSWORD, ELSEWHERE.format(50))
    by_page(here, learner.email, PASSWORD, HOME)
    new = {"oldpassword": PASSWORD, "password1": "Rye-and-salt-9", "password2": "Rye-and-salt-9"}

    here.post("/account/password/change/", new, REMOTE_ADDR=HOME)

    assert KnownDevice.objects.count() == 2
    here.post("/account/logout/")
    use_up(learner.email)
    assert by_page(here, learner.email, "Rye-and-salt-9", ELSEWHERE.format(101)) == 200
    assert by_page(there, learner.email, "Rye-and-salt-9", ELSEWHERE.format(50)) == 429


def test_places_are_forgotten_in_time(learner):
    for number in range(25):
        by_api(browser(), learner.email, PASSWORD, ELSEWHERE.format(number))

    with inside("north"):
        actions.clear_sessions(now=clock.now())
        assert KnownDevice.objects.count() == 20
        actions.clear_sessions(now=clock.now() + timedelta(days=181))
        assert KnownDevice.objects.count() == 0
