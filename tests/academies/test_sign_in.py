"""Sign-in: sessions begin in one academy only and last until sign-out."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academies.people import actions
from academies.people.models import User
from academies.tenants.context import inside
from tests.fixtures.http_client import get_profile, post_auth, sign_in
from tests.fixtures.people import PASSWORD, make_person


def test_a_learner_signs_in_whatever_the_case_of_the_address(api, learner):
    response = post_auth(api, "login", {"email": " LENA@North.Example ", "password": PASSWORD})

    assert response.status_code == 200
    assert response.json()["user"]["id"] == str(learner.pk)
    assert get_profile(api, response.json()["access_token"]).status_code == 200


def test_a_password_from_before_the_rules_still_opens(api, learner):
    learner.set_password("lyceum-demo-1")
    learner.save()

    assert sign_in(api, learner, "lyceum-demo-1")


@pytest.mark.parametrize("case", ["wrong password", "unknown address", "inactive", "no password yet", "not an address"])
def test_every_failed_sign_in_gets_the_same_answer(api, learner, case):
    if case == "inactive":
        User.objects.filter(pk=learner.pk).update(is_active=False)
    if case == "no password yet":
        learner.set_unusable_password()
        learner.save()
    email = {"unknown address": "nobody@north.example", "not an address": "lena"}.get(case, learner.email)
    password = "Wrong-pass-1" if case == "wrong password" else PASSWORD

    response = post_auth(api, "login", {"email": email, "password": password})

    assert response.status_code == 401
    assert response.json() == {
        "type": "urn:lyceum:problem:invalid_credentials",
        "title": "Invalid credentials",
        "status": 401,
        "detail": "Incorrect email or password. Try again, or reset your password.",
        "code": "invalid_credentials",
        "fields": {},
        "error": "Invalid credentials",
        "details": {},
    }


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_a_failed_sign_in_hashes_once_whoever_it_is(api, learner, who, monkeypatch):
    from django.contrib.auth import hashers

    hashed = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *a, **k: hashed.append(1) or encode(self, *a, **k))

    post_auth(
        api, "login", {"email": learner.email if who == "known" else "no@north.example", "password": "Wrong-pass-1"}
    )

    assert len(hashed) == 1


def test_an_authenticated_request_spends_one_query_on_knowing_who_asks(api, learner):
    token = sign_in(api, learner)["access_token"]
    get_profile(api, token)

    with CaptureQueriesContext(
        connection,
    ) as spent:
        response = get_profile(api, token)

    assert response.status_code == 200
    assert len(spent) == 1, [query["sql"] for query in spent]


def test_signing_in_spends_few_queries(api, learner):
    sign_in(api, learner)

    with CaptureQueriesContext(connection) as spent:
        sign_in(api, learner)

    work = [query["sql"] for query in spent if "SAVEPOINT" not in query["sql"]]
    # Is the place known, who is it, three rows written, and the place known from now on.
    assert len(work) == 6, work


# --- cookies --------------------------------------------------------------------------------------------------------
def test_a_cookie_alone_writes_nothing(learner):
    browser = Client(headers={"host": "north.localhost"}, enforce_csrf_checks=True)
    with inside("north"):
        browser.force_login(learner)

    response = browser.patch("/api/v1/auth/profile/", {"full_name": "Lena Changed"}, content_type="application/json")

    assert response.status_code == 403
    assert response.json()["code"] == "not_allowed"
    assert browser.get("/api/v1/auth/profile/").json()["full_name"] == "Lena Learner"


# --- who I am -------------------------------------------------------------------------------------------------------
def test_i_change_my_name_and_nothing_else(api, learner):
    token = sign_in(api, learner)["access_token"]
    payload = {
        "full_name": "  Lena   Lernerin ", "email": "other@north.example", "id": "1", "is_superuser": True,
        "is_active": False, "roles": ["Owner"], "groups": [1], "created_at": "2000-01-01",
    }  # fmt: skip

    response = api.patch(
        "/api/v1/auth/profile/", payload, content_type="application/json", headers={"authorization": f"Bearer {token}"}
    )

    assert response.status_code == 200
    with inside("north"):
        learner.refresh_from_db()
        assert learner.full_name == "Lena Lernerin"
        assert learner.email == "lena@north.example"
        assert not learner.is_superuser
        assert [group.name for group in learner.groups.all()] == ["Learner"]


@pytest.mark.parametrize(
    "wrong", [{"full_name": "L"}, {"full_name": "L3na"}, {"date_of_birth": "2024-01-01"}, {"date_of_birth": "soon"}]
)
def test_my_profile_follows_the_rules_of_signing_up(api, learner, wrong):
    token = sign_in(api, learner)["access_token"]

    response = api.patch(
        "/api/v1/users/me/", wrong, content_type="application/json", headers={"authorization": f"Bearer {token}"}
    )

    assert response.status_code == 400
    assert set(response.json()["fields"]) == set(wrong)


def test_me_names_my_roles(api, north):
    both = make_person("Bea Both", "Learner")
    actions.give_role(person=both, role="Teacher")
    token = sign_in(api, both)["access_token"]

    me = api.get("/api/v1/users/me/", headers={"authorization": f"Bearer {token}"}).json()

    assert sorted(me["roles"]) == ["Learner", "Teacher"]
