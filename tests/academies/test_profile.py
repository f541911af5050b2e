"""Profile: fields that people edit, their limits, and that it is private."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from academies.outbox import actions as outbox
from academies.people.models import Profile, Skill
from academies.tenants.context import inside
from tests.fixtures.http_client import client_for


@pytest.fixture
def me(learner):
    return client_for(learner)


def send(client, method, endpoint, body=None):
    return getattr(client, method)(f"/api/v1/users/me/{endpoint}", body or {}, content_type="application/json")


# --- about me -------------------------------------------------------------------------------------------------------
def test_who_said_nothing_has_an_empty_profile_and_usual_settings(me):
    profile, settings, social = (
        me.get(f"/api/v1/users/me/{endpoint}").json() for endpoint in ("", "settings/", "social/")
    )

    assert (profile["bio"], profile["location"], profile["email_verified"]) == ("", "", False)
    assert settings == {
        "theme": "system",
        "language": "",
        "notifications": {"reminders": True, "news": False},
        "video": {"autoplay": False, "captions": True, "speed": 1.0},
    }
    assert set(social) == set(Profile.NETWORKS)
    assert set(social.values()) == {""}


def test_what_is_said_stays_and_what_is_not_sent_stays_too(me):
    send(me, "patch", "", {"bio": "Bakes at night.", "location": "Leeds"})

    response = send(me, "put", "", {"location": "York", "full_name": "Lena Learner"})

    assert response.status_code == 200
    shown = me.get("/api/v1/users/me/").json()
    assert (shown["bio"], shown["location"], shown["full_name"]) == ("Bakes at night.", "York", "Lena Learner")


def test_settings_change_one_by_one(me):
    send(me, "patch", "settings/", {"theme": "dark", "video": {"speed": 1.5}})

    response = send(me, "patch", "settings/", {"language": "es", "notifications": {"news": True}})

    assert response.json() == me.get("/api/v1/users/me/settings/").json()
    assert response.json()["theme"] == "dark"
    assert response.json()["video"] == {"autoplay": False, "captions": True, "speed": 1.5}
    assert response.json()["notifications"] == {"reminders": True, "news": True}


def test_links_are_replaced_as_a_whole(me):
    send(me, "put", "social/", {"github": "https://github.com/lena", "website": "https://lena.example"})

    response = send(me, "put", "social/", {"website": "https://lena.example/new"})

    assert response.json()["website"] == "https://lena.example/new"
    assert response.json()["github"] == ""


@pytest.mark.parametrize(
    ("endpoint", "body", "field"),
    [
        ("", {"bio": "x" * 2001}, "profile.bio"),
        ("", {"location": ["Leeds"]}, "profile.location"),
        ("settings/", {"theme": "plaid"}, "theme"),
        ("settings/", {"language": "xx"}, "language"),
        ("settings/", {"video": {"speed": 900}}, "video.speed"),
        ("settings/", {"notifications": []}, "notifications"),
        ("social/", {"website": "javascript:alert(1)"}, "website"),
        ("social/", {"github": "not a link"}, "github"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_name_of_its_field(me, endpoint, body, field):
    response = send(me, "put", endpoint, body)

    assert response.status_code == 400
    assert field.removeprefix("profile.") in {name.removeprefix("profile.") for name in response.json()["fields"]} or (
        field in "".join(response.json()["fields"])
    )


# --- skills ---------------------------------------------------------------------------------------------------------
def test_skills_are_added_listed_and_removed(me):
    added = send(me, "post", "skills/", {"name": "  Rye   breads ", "proficiency": "expert"})

    listed = me.get("/api/v1/users/me/skills/").json()
    removed = me.delete(f"/api/v1/users/me/skills/{added.json()['id']}/")

    assert added.status_code == 201
    assert [(skill["name"], skill["proficiency"]) for skill in listed["results"]] == [("Rye breads", "expert")]
    assert removed.status_code == 204
    assert me.get("/api/v1/users/me/skills/").json()["count"] == 0


def test_a_skill_is_named_once_whatever_its_letters(me):
    send(me, "post", "skills/", {"name": "Lamination"})

    response = send(me, "post", "skills/", {"name": "LAMINATION"})

    assert response.status_code == 409
    assert response.json()["code"] == "skill_exists"


def test_there_is_room_for_so_many_skills(me, monkeypatch):
    monkeypatch.setattr("academies.people.actions.profiles.MOST_SKILLS", 1)
    send(me, "post", "skills/", {"name": "Lamination"})

    assert send(me, "post", "skills/", {"name": "Shaping"}).json()["code"] == "too_many_skills"


def test_another_persons_skill_is_not_there(me, stranger):
    theirs = send(client_for(stranger), "post", "skills/", {"name": "Scales"}).json()

    response = me.delete(f"/api/v1/users/me/skills/{theirs['id']}/")

    assert response.status_code == 404
    with inside("north"):
        assert Skill.objects.filter(pk=theirs["id"]).exists()


# --- another email --------------------------------------------------------------------------------------------------
def ask_again(client):
    return client.post("/api/v1/auth/verify-email/resend/", {}, content_type="application/json")


def test_the_confirmation_email_is_sent_again(me, learner):
    response = ask_again(me)
    with inside("north"):
        outbox.drain()

    assert response.status_code == 200
    assert [email.to for email in mail.outbox] == [[learner.email]]
    token = mail.outbox[0].body.split("/account/confirm-email/")[1].split("/")[0]
    proven = me.post("/api/v1/auth/verify-email/", {"token": token}, content_type="application/json")
    assert proven.status_code == 200
    assert me.get("/api/v1/users/me/").json()["email_verified"] is True


def test_who_has_confirmed_an_address_gets_no_email(me, learner):
    with inside("north"):
        EmailAddress.objects.update_or_create(user=learner, email=learner.email, defaults={"verified": True})

    response = ask_again(me)
    with inside("north"):
        outbox.drain()

    assert response.json() == {"message": "Your email address is confirmed."}
    assert mail.outbox == []
