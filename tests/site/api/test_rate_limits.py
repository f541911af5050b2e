"""API rate limits: per account and address, also without a cache server."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client, RequestFactory
from redis.connection import AbstractConnection

from academies.tenants import counters
from academies.tenants.context import inside
from lyceum.middleware import client_address
from tests.fixtures.people import PASSWORD


@pytest.fixture
def limits(settings):
    settings.RATES = {
        "login": {"address": "20/min"},
        "signup": {"address": "2/min"},
        "reset": {"account": "2/min"},
        "write": {"account": "4/min"},
        "password": {"failures": "2/min"},
        "sign_in": {"known": "3/min", "address": "3/min", "account": "6/min"},
    }
    # A window must not end between two requests.
    with time_machine.travel("2026-11-21 10:00:10Z", tick=False):
        yield


@pytest.fixture
def api(north, limits):
    return Client(headers={"host": "north.localhost"})


def sign_in(api, email, password, **headers):
    return api.post(
        "/api/v1/auth/login/", {"email": email, "password": password}, content_type="application/json", headers=headers
    )


def test_guessing_a_password_is_stopped(api, learner):
    responses = [sign_in(api, learner.email, "Wrong-pass-1") for _ in range(4)]

    assert [response.status_code for response in responses] == [401, 401, 401, 429]
    assert responses[-1].json()["code"] == "too_many_requests"
    assert 1 <= int(responses[-1]["Retry-After"]) <= 60
    assert sign_in(api, learner.email, PASSWORD).status_code == 429


def test_the_account_counts_whatever_address_or_spelling(api, learner):
    spellings = ["lena@north.example", "LENA@north.example", " lena@NORTH.example", "Lena@North.Example "]

    answers = [
        sign_in(api, email, "Wrong-pass-1", **{"x-forwarded-for": f"10.0.0.{number}"})
        for number, email in enumerate(spellings)
    ]

    assert answers[-1].status_code == 429


def test_signing_in_rightly_does_not_count_as_guessing(api, learner):
    responses = [sign_in(api, learner.email, PASSWORD) for _ in range(8)]

    assert {response.status_code for response in responses} == {200}


def test_another_account_is_not_shut_out(api, learner, stranger):
    for _ in range(4):
        sign_in(api, learner.email, "Wrong-pass-1")

    assert sign_in(api, stranger.email, PASSWORD).status_code == 200


def test_an_invented_address_does_not_help(api):
    def ask(number):
        return api.post(
            "/api/v1/auth/signup/", {}, content_type="application/json", headers={"x-forwarded-for": f"10.0.0.{number}"}
        )

    assert [ask(number).status_code for number in range(3)] == [400, 400, 429]


def test_asking_for_emails_is_limited_per_account(api, learner):
    def ask(email):
        return api.post("/api/v1/auth/password-reset/", {"email": email}, content_type="application/json")

    assert [ask(learner.email).status_code for _ in range(3)] == [200, 200, 429]
    assert ask("nobody@north.example").status_code == 200


def test_writing_is_limited_per_account_and_reading_is_not(api, learner):
    api.force_login(learner)

    def write():
        return api.patch("/api/v1/auth/profile/", {}, content_type="application/json")

    written = [write().status_code for _ in range(5)]

    assert written == [200] * 4 + [429]
    assert {api.get("/api/v1/auth/profile/").status_code for _ in range(6)} == {200}


def test_a_lost_cache_server_does_not_open_the_way_in(api, learner, without_cache_server):
    answers = [sign_in(api, learner.email, "Wrong-pass-1").status_code for _ in range(4)]

    assert answers == [401, 401, 401, 429]


def test_counting_takes_one_step_and_ends_by_itself(north, monkeypatch):
    counters.count("rate:of:nobody", 60)
    sent, send = [], AbstractConnection.send_packed_command
    monkeypatch.setattr(
        AbstractConnection,
        "send_packed_command",
        lambda self, command, *more, **options: sent.append(command) or send(self, command, *more, **options),
    )

    counted = [counters.count("rate:of:nobody", 60) for _ in range(2)]

    assert counted == [2, 3]
    assert len(sent) == 2
    assert cache._cache.get_client(None).ttl(cache.make_key("rate:of:nobody")) in range(1, 121)


def test_each_academy_counts_for_itself(north, south):
    with inside("south"):
        counters.count("rate:of:everybody", 60, by=7)

    with inside("north"):
        assert counters.count("rate:of:everybody", 60) == 1


def test_a_body_without_an_address_is_only_bad(api):
    for body in ({}, {"email": 7}, {"email": None}, {"email": ["x"]}):
        response = api.post("/api/v1/auth/login/", body, content_type="application/json")
        assert response.status_code == 400


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "", "10.1.1.1"),
        (0, "6.6.6.6", "10.1.1.1"),
        (1, "6.6.6.6", "6.6.6.6"),
        (1, "1.1.1.1, 6.6.6.6", "6.6.6.6"),
        (2, "1.1.1.1, 6.6.6.6, 10.1.1.2", "6.6.6.6"),
        (2, "6.6.6.6", "10.1.1.1"),
        (1, "", "10.1.1.1"),
        (1, " , ", "10.1.1.1"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(settings, proxies, header, address):
    settings.NUM_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.1.1.1", HTTP_X_FORWARDED_FOR=header)

    assert client_address(request) == address


@pytest.mark.parametrize("server", ["there", "gone"])
def test_a_page_shares_the_limits_of_its_endpoint(api, server, request):
    if server == "gone":
        request.getfixturevalue("without_cache_server")

    response = api.post("/api/v1/auth/signup/", {}, content_type="application/json")
    pages = [api.post("/account/signup/", {}) for _ in range(2)]

    assert [response.status_code, *(page.status_code for page in pages)] == [400, 200, 429]
    assert b"Too many requests" in pages[1].content
    assert 1 <= int(pages[1]["Retry-After"]) <= 60


def test_asking_for_a_link_shares_its_limit_with_the_endpoint(api, learner):
    api.post("/api/v1/auth/password-reset/", {"email": learner.email}, content_type="application/json")

    pages = [api.post("/account/password/reset/", {"email": " LENA@north.example"}) for _ in range(2)]

    assert [page.status_code for page in pages] == [302, 429]


def test_guessing_the_password_of_an_open_session_is_stopped(api, learner):
    api.force_login(learner)
    wrong = {"oldpassword": "Wrong-pass-1", "password1": "Rye-and-salt-9", "password2": "Rye-and-salt-9"}

    pages = [api.post("/account/password/change/", wrong).status_code for _ in range(3)]
    payload = {"current_password": "Wrong-pass-1", "new_password": "Rye-and-salt-9"}
    response = api.post("/api/v1/auth/password-change/", payload, content_type="application/json")

    assert pages == [200, 200, 429]
    assert response.status_code == 429


def test_a_counter_whose_end_was_lost_ends_all_the_same(north):
    counters.count("rate:of:somebody", 60)
    client, key = cache._cache.get_client(None), cache.make_key("rate:of:somebody")
    # As after a process that died before it could say when.
    client.persist(key)

    for _ in range(8):
        counters.count("rate:of:somebody", 60)

    assert client.ttl(key) in range(1, 121)
