"""Sign-up: one learner account per email address, within the rules."""

from datetime import date

import pytest
from django.core import mail
from django.test import Client

from academies.outbox import actions as outbox
from academies.people import rules
from academies.people.models import User
from academies.tenants.context import inside

NEWCOMER = {
    "full_name": "Nadia O’Brien-Núñez",
    "email": "Nadia@Example.org",
    "password": "Sourdough-7",
    "date_of_birth": "1990-01-15",
}


def post(client, path, body, **headers):
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def test_a_newcomer_gets_an_account_and_a_pair_of_tokens(api):
    response = post(api, "auth/signup/", NEWCOMER)

    assert response.status_code == 201, response.content
    payload = response.json()
    assert set(payload) == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
    assert payload["token_type"] == "Bearer"
    assert payload["expires_in"] == 900
    assert payload["user"] == {
        "id": payload["user"]["id"],
        "full_name": NEWCOMER["full_name"],
        "email": "nadia@example.org",
        "date_of_birth": "1990-01-15",
    }
    with inside("north"):
        person = User.objects.get(pk=payload["user"]["id"])
        assert [group.name for group in person.groups.all()] == ["Learner"]


def test_the_access_token_opens_the_profile(api):
    token = post(api, "auth/register/", NEWCOMER).json()["access_token"]

    profile = api.get("/api/v1/auth/profile/", headers={"authorization": f"Bearer {token}"})

    assert profile.status_code == 200
    assert profile.json()["email"] == "nadia@example.org"
    assert set(profile.json()) == {"id", "full_name", "email", "date_of_birth", "created_at", "updated_at"}


@pytest.mark.parametrize("email", ["nadia@example.org", "NADIA@EXAMPLE.ORG", " Nadia@example.org "])
def test_a_taken_address_is_a_conflict_whatever_its_case(api, email):
    post(api, "auth/signup/", NEWCOMER)

    response = post(api, "auth/signup/", {**NEWCOMER, "email": email})

    assert response.status_code == 409
    assert response.json()["code"] == "email_taken"
    assert response.json()["error"] == "User already exists"


def test_the_same_address_may_have_an_account_in_another_academy(api, south):
    post(api, "auth/signup/", NEWCOMER)

    there = post(Client(headers={"host": "south.localhost"}), "auth/signup/", NEWCOMER)

    assert there.status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", "N"),
        ("full_name", "N" * 51),
        ("full_name", "Nadia 7"),
        ("full_name", "Nadia <b>"),
        ("full_name", "-Nadia"),
        ("full_name", "   "),
        ("email", "nadia"),
        ("email", "nadia@localhost"),
        ("email", "na dia@example.org"),
        ("email", "nadia@example..org"),
        ("email", "a" * 65 + "@example.org"),
        ("email", "nadıa@example.org"),
        ("email", "nadia@example.org\r\nBcc: all@example.org"),
        ("password", "Short-7"),
        ("password", "sourdough-7"),
        ("password", "SOURDOUGH-7"),
        ("password", "Sourdough-x"),
        ("password", "Sourdough77"),
        ("date_of_birth", "15.01.1990"),
        ("date_of_birth", "1890-01-15"),
        ("date_of_birth", "2999-01-15"),
        ("date_of_birth", ""),
    ],
)
def test_each_field_has_its_rule(api, field, value):
    response = post(api, "auth/signup/", {**NEWCOMER, field: value})

    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]


def test_one_answer_names_every_wrong_field(api):
    response = post(
        api,
        "auth/signup/",
        {"full_name": "7", "email": "x", "password": "x", "date_of_birth": "2020-01-01"},
    )

    assert set(response.json()["fields"]) == {"full_name", "email", "password", "date_of_birth"}


def test_a_password_like_the_name_is_refused(api):
    response = post(api, "auth/signup/", {**NEWCOMER, "full_name": "Bartholomew Oldbaker", "password": "Bartholomew-1"})

    assert list(response.json()["fields"]) == ["password"]


def test_members_that_nobody_asked_for_change_nothing(api):
    extra = {"is_superuser": True, "is_staff": True, "is_active": False, "groups": [1], "role": "Owner", "id": "1"}

    response = post(api, "auth/signup/", {**NEWCOMER, **extra})

    with inside("north"):
        person = User.objects.get(pk=response.json()["user"]["id"])
        assert person.is_active
        assert not person.is_superuser
        assert not person.has_perm("wagtailadmin.access_admin")
        assert [group.name for group in person.groups.all()] == ["Learner"]


# --- the confirmation email -------------------------------------------------------------------------------------------------
def _link(letter) -> str:
    return next(word for word in letter.body.split() if word.startswith("http"))


def test_a_newcomer_is_asked_once_to_confirm_the_address(api):
    post(api, "auth/signup/", NEWCOMER)

    with inside("north"):
        outbox.drain()
        outbox.drain()

    assert [letter.to for letter in mail.outbox] == [["nadia@example.org"]]
    assert "Northlight" in mail.outbox[0].subject
    assert _link(mail.outbox[0]).startswith("http://north.localhost:8000/account/confirm-email/")


def test_the_link_confirms_the_address_once(api):
    post(api, "auth/signup/", NEWCOMER)
    with inside("north"):
        outbox.drain()
    token = _link(mail.outbox[0]).strip("/").rpartition("/")[2]

    first, second = (post(api, "auth/verify-email/", {"token": token}) for _ in range(2))

    assert first.status_code == 200
    assert second.status_code == 400
    assert second.json()["code"] == "invalid_link"
    with inside("north"):
        from allauth.account.models import EmailAddress

        assert EmailAddress.objects.get().verified


def test_the_link_of_one_academy_confirms_nothing_in_another(api, south):
    post(api, "auth/signup/", NEWCOMER)
    there = Client(headers={"host": "south.localhost"})
    post(there, "auth/signup/", NEWCOMER)
    with inside("north"):
        outbox.drain()
    token = _link(mail.outbox[0]).strip("/").rpartition("/")[2]

    assert post(there, "auth/verify-email/", {"token": token}).status_code == 400
    assert there.post(f"/account/confirm-email/{token}/").status_code == 404


def test_a_sent_link_is_stored_nowhere(api):
    post(api, "auth/signup/", NEWCOMER)

    with inside("north"):
        outbox.drain()
        from academies.notifications.models import Delivery

        stored = Delivery.objects.get(kind="verify_email")

    assert "link" not in stored.context
    assert stored.sent_at


# --- rules ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    [
        "Bo",
        "Nadia O'Brien",
        "Юлия-Анна Smith",
        "高橋みなみ",
        "김민준",
        "Mª Ångström",
        "Anne-Marie",
        "J. R. Müller",
        "李小龙",
        "Ñuño",
        "Κώστας",
        "नमिता",
        "Mª José",
        "Gal·la",
    ],
)
def test_names_of_the_world_are_names(name):
    assert rules.name_problem(rules.normal_name(name)) is None


@pytest.mark.parametrize("name", ["\u0410dmin Owner", "Admin \u041ewner", "Olga-\u0391nna", "\u03bfmar"])
def test_lookalike_characters_in_a_name_are_refused(name):
    assert rules.name_problem(rules.normal_name(name)) == "Write each part of a name in letters of one alphabet."


@pytest.mark.parametrize(
    ("born", "fine"),
    [(date(2013, 11, 21), True), (date(2013, 11, 22), False), (date(2012, 2, 29), True), (date(2026, 11, 22), False)],
)
def test_thirteen_is_old_enough_from_the_birthday_on(born, fine):
    assert (rules.birth_problem(born, date(2026, 11, 21)) is None) is fine


def test_who_was_born_on_a_leap_day_turns_thirteen_in_march():
    assert rules.birth_problem(date(2012, 2, 29), date(2025, 2, 28)) is not None
    assert rules.birth_problem(date(2012, 2, 29), date(2025, 3, 1)) is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Nadia@Example.ORG", "nadia@example.org"),
        ("jo@Bücher.example", "jo@xn--bcher-kva.example"),
        ("\u212aim@b.org", "\u212aim@b.org"),
    ],
)
def test_an_address_is_stored_in_one_form(typed, stored):
    assert rules.normal_email(typed) == stored
