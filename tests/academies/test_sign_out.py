"""Sign-out: a session, or all of a person's sessions, end at once."""

import pytest
from django.test import Client

from academies.people.models import User
from academies.tenants.context import inside
from tests.fixtures.people import PASSWORD


@pytest.fixture
def api(north):
    return Client(headers={"host": "north.localhost"})


def post(client, endpoint, body=None, token=""):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return client.post(f"/api/v1/auth/{endpoint}/", body or {}, content_type="application/json", headers=headers)


def profile(client, token, **headers):
    return client.get("/api/v1/auth/profile/", headers={"authorization": f"Bearer {token}", **headers})


def signed_in(client, who, password=PASSWORD):
    response = post(client, "login", {"email": who.email, "password": password})
    assert response.status_code == 200, response.content
    return response.json()


# --- signing out ----------------------------------------------------------------------------------------------------
def test_signing_out_ends_both_tokens_at_once(api, learner):
    pair = signed_in(api, learner)

    response = post(api, "logout", {"refresh_token": pair["refresh_token"]}, token=pair["access_token"])

    assert response.json() == {"message": "Successfully logged out"}
    assert profile(api, pair["access_token"]).status_code == 401
    assert post(api, "refresh", {"refresh_token": pair["refresh_token"]}).status_code == 401


def test_signing_out_does_not_end_another_persons_sign_in(api, learner, stranger):
    mine, theirs = signed_in(api, learner), signed_in(api, stranger)

    post(api, "logout", {"refresh_token": theirs["refresh_token"]}, token=mine["access_token"])

    assert profile(api, theirs["access_token"]).status_code == 200


def test_a_deactivated_person_is_out_at_once(api, learner):
    pair = signed_in(api, learner)
    with inside("north"):
        User.objects.filter(pk=learner.pk).update(is_active=False)

    assert profile(api, pair["access_token"]).status_code == 401
    assert post(api, "refresh", {"refresh_token": pair["refresh_token"]}).status_code == 401


def test_the_list_of_sign_ins_shows_mine_and_marks_this_one(api, learner, stranger):
    signed_in(api, stranger)
    signed_in(api, learner)
    here = signed_in(api, learner)

    listed = api.get("/api/v1/auth/sessions/", headers={"authorization": f"Bearer {here['access_token']}"}).json()[
        "results"
    ]

    assert len(listed) == 2
    assert [sign_in["current"] for sign_in in listed] == [True, False]
    assert listed[0]["address"] == "127.0.0.1"


def test_one_sign_in_can_be_ended_from_another(api, learner, stranger):
    here, there, theirs = signed_in(api, learner), signed_in(api, learner), signed_in(api, stranger)
    listed = api.get("/api/v1/auth/sessions/", headers={"authorization": f"Bearer {here['access_token']}"}).json()[
        "results"
    ]
    other = next(sign_in["id"] for sign_in in listed if not sign_in["current"])

    def end(token):
        return api.delete(f"/api/v1/auth/sessions/{other}/", headers={"authorization": f"Bearer {token}"})

    assert end(theirs["access_token"]).status_code == 404
    assert end(here["access_token"]).status_code == 204
    assert end(here["access_token"]).status_code == 404
    assert profile(api, there["access_token"]).status_code == 401
    assert profile(api, here["access_token"]).status_code == 200


def test_signing_out_everywhere_ends_tokens_and_cookies(api, learner, stranger):
    here, there, theirs = signed_in(api, learner), signed_in(api, learner), signed_in(api, stranger)
    browser = Client(headers={"host": "north.localhost"})
    with inside("north"):
        browser.force_login(learner)
    assert browser.get("/api/v1/auth/profile/").status_code == 200

    response = post(api, "sessions/revoke-all", token=here["access_token"])

    assert response.json() == {"revoked": 3}
    assert {profile(api, pair["access_token"]).status_code for pair in (here, there)} == {401}
    assert browser.get("/api/v1/auth/profile/").status_code == 401
    assert profile(api, theirs["access_token"]).status_code == 200
