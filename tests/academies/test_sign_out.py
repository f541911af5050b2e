"""Sign-out: a session, or all of a person's sessions, end at once."""

from django.test import Client

from academies.people.models import User
from academies.tenants.context import inside
from tests.fixtures.http_client import get_profile, post_auth, sign_in


# --- signing out ----------------------------------------------------------------------------------------------------
def test_signing_out_ends_both_tokens_at_once(api, learner):
    pair = sign_in(api, learner)

    response = post_auth(api, "logout", {"refresh_token": pair["refresh_token"]}, token=pair["access_token"])

    assert response.json() == {"message": "Successfully logged out"}
    assert get_profile(api, pair["access_token"]).status_code == 401
    assert post_auth(api, "refresh", {"refresh_token": pair["refresh_token"]}).status_code == 401


def test_signing_out_does_not_end_another_persons_sign_in(api, learner, stranger):
    mine, theirs = sign_in(api, learner), sign_in(api, stranger)

    post_auth(api, "logout", {"refresh_token": theirs["refresh_token"]}, token=mine["access_token"])

    assert get_profile(api, theirs["access_token"]).status_code == 200


def test_a_deactivated_person_is_out_at_once(api, learner):
    pair = sign_in(api, learner)
    with inside("north"):
        User.objects.filter(pk=learner.pk).update(is_active=False)

    assert get_profile(api, pair["access_token"]).status_code == 401
    assert post_auth(api, "refresh", {"refresh_token": pair["refresh_token"]}).status_code == 401


def test_the_list_of_sign_ins_shows_mine_and_marks_this_one(api, learner, stranger):
    sign_in(api, stranger)
    sign_in(api, learner)
    here = sign_in(api, learner)

    listed = api.get("/api/v1/auth/sessions/", headers={"authorization": f"Bearer {here['access_token']}"}).json()[
        "results"
    ]

    assert len(listed) == 2
    assert [sign_in["current"] for sign_in in listed] == [True, False]
    assert listed[0]["address"] == "127.0.0.1"


def test_one_sign_in_can_be_ended_from_another(api, learner, stranger):
    here, there, theirs = sign_in(api, learner), sign_in(api, learner), sign_in(api, stranger)
    listed = api.get("/api/v1/auth/sessions/", headers={"authorization": f"Bearer {here['access_token']}"}).json()[
        "results"
    ]
    other = next(sign_in["id"] for sign_in in listed if not sign_in["current"])

    def end(token):
        return api.delete(f"/api/v1/auth/sessions/{other}/", headers={"authorization": f"Bearer {token}"})

    assert end(theirs["access_token"]).status_code == 404
    assert end(here["access_token"]).status_code == 204
    assert end(here["access_token"]).status_code == 404
    assert get_profile(api, there["access_token"]).status_code == 401
    assert get_profile(api, here["access_token"]).status_code == 200


def test_signing_out_everywhere_ends_tokens_and_cookies(api, learner, stranger):
    here, there, theirs = sign_in(api, learner), sign_in(api, learner), sign_in(api, stranger)
    browser = Client(headers={"host": "north.localhost"})
    with inside("north"):
        browser.force_login(learner)
    assert browser.get("/api/v1/auth/profile/").status_code == 200

    response = post_auth(api, "sessions/revoke-all", token=here["access_token"])

    assert response.json() == {"revoked": 3}
    assert {get_profile(api, pair["access_token"]).status_code for pair in (here, there)} == {401}
    assert browser.get("/api/v1/auth/profile/").status_code == 401
    assert get_profile(api, theirs["access_token"]).status_code == 200
