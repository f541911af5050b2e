"""It holds that signing up makes one learner's account, by the rules, once an address."""

import pytest
from django.test import Client

from academies.people.models import User
from academies.tenants.context import inside

NEWCOMER = {
    "full_name": "Nadia O’Brien-Núñez",
    "email": "Nadia@Example.org",
    "password": "Sourdough-7",
    "date_of_birth": "1990-01-15",
}


@pytest.fixture
def api(north):
    return Client(headers={"host": "north.localhost"})


def post(client, path, body, **headers):
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def test_a_newcomer_gets_an_account_and_a_pair_of_tokens(api):
    answer = post(api, "auth/signup/", NEWCOMER)

    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 900
    assert told["user"] == {
        "id": told["user"]["id"],
        "full_name": NEWCOMER["full_name"],
        "email": "nadia@example.org",
        "date_of_birth": "1990-01-15",
    }
    with inside("north"):
        person = User.objects.get(pk=told["user"]["id"])
        assert [group.name for group in person.groups.all()] == ["Learner"]


def test_the_access_token_opens_the_profile(api):
    token = post(api, "auth/register/", NEWCOMER).json()["access_token"]

    profile = api.get("/api/v1/auth/profile/", headers={"authorization": f"Bearer {token}"})

    assert profile.status_code == 200
    assert profile.json()["email"] == "nadia@example.org"
    assert set(profile.json()) == {"id", "full_name", "email", "date_of_birth", "created_at", "updated_at"}
