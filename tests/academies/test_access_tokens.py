"""Access tokens: valid in their own academy, until they expire or are revoked."""

import base64
import json
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils.crypto import salted_hmac

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.people import actions
from academies.people.facts import Device
from academies.people.models import RefreshToken, SignIn, User
from academies.tenants.context import inside
from tests.fixtures.http_client import get_profile, post_auth, sign_in
from tests.fixtures.people import PASSWORD


# --- one academy only -----------------------------------------------------------------------------------------------
def test_a_token_of_one_academy_opens_nothing_in_another(learner, south, api, caplog):
    with inside("north"):
        token = actions.start_session(person=learner, device=Device(), now=clock.now()).access
    with inside("south"):
        twin = User.objects.create_user(learner.email, PASSWORD, full_name="Lena Twin", id=learner.pk)

    response = get_profile(Client(), token, host="south.localhost")

    assert twin.pk == learner.pk
    assert response.status_code == 401
    assert response.json()["code"] == "invalid_token"
    assert "another academy" in caplog.text
    assert get_profile(api, token).status_code == 200


def test_a_refresh_token_of_one_academy_is_unknown_in_another(learner, south):
    with inside("north"):
        pair = actions.start_session(person=learner, device=Device(), now=clock.now())

    response = post_auth(Client(headers={"host": "south.localhost"}), "refresh", {"refresh_token": pair.refresh})

    assert response.status_code == 401


def test_a_cookie_of_one_academy_opens_nothing_in_another(learner, south):
    browser = Client()
    with inside("north"):
        browser.force_login(learner)
    cookie = browser.cookies["sessionid"].value

    there = browser.get("/api/v1/auth/profile/", headers={"host": "south.localhost", "cookie": f"sessionid={cookie}"})
    here = browser.get("/api/v1/auth/profile/", headers={"host": "north.localhost", "cookie": f"sessionid={cookie}"})

    assert there.status_code == 401
    assert here.status_code == 200


# --- forged and stale tokens ----------------------------------------------------------------------------------------
def _forge(kind, learner, sign_in):
    now = int(clock.now().timestamp())
    claims = {
        "iss": "lyceum", "aud": "north", "sub": str(learner.pk), "sid": str(sign_in.pk),
        "iat": now, "exp": now + 900, "jti": "1",
    }  # fmt: skip
    key = salted_hmac("lyceum.access-token", "key", secret="tests-only-" + "x" * 40, algorithm="sha256").digest()
    match kind:
        case "none":
            head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
            body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
            return f"{head}.{body}."
        case "other key":
            return jwt.encode(claims, "k" * 40, algorithm="HS256")
        case "secret key itself":
            return jwt.encode(claims, "tests-only-" + "x" * 40, algorithm="HS256")
        case "other algorithm":
            return jwt.encode(claims, key, algorithm="HS512")
        case "kid":
            return jwt.encode(claims, "\0", algorithm="HS256", headers={"kid": "../../dev/null"})
        case "expired":
            return jwt.encode({**claims, "exp": now - 1}, key, algorithm="HS256")
        case "audiences":
            return jwt.encode({**claims, "aud": ["north", "south"]}, key, algorithm="HS256")
        case "other issuer":
            return jwt.encode({**claims, "iss": "evil"}, key, algorithm="HS256")
        case "other person":
            return jwt.encode({**claims, "sub": str(sign_in.pk)}, key, algorithm="HS256")
        case "numbers":
            return jwt.encode({**claims, "sid": 7}, key, algorithm="HS256")
        case "true":
            return jwt.encode(claims, key, algorithm="HS256")
        case claim:
            claims.pop(claim.removeprefix("without "))
            return jwt.encode(claims, key, algorithm="HS256")


FORGED = [
    "none", "other key", "secret key itself", "other algorithm", "kid", "expired", "audiences", "other issuer",
    "other person", "numbers", *(f"without {claim}" for claim in ("iss", "aud", "sub", "sid", "exp", "iat", "jti")),
]  # fmt: skip


@pytest.mark.parametrize("kind", FORGED)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_forged_token_opens_nothing(api, learner, kind):
    actions.start_session(person=learner, device=Device(), now=clock.now())
    sign_in = SignIn.objects.get(person=learner)
    true, forged = _forge("true", learner, sign_in), _forge(kind, learner, sign_in)

    assert get_profile(api, true).status_code == 200
    assert get_profile(api, forged).status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Bearer a b c", "bearer é.é.é", "Bearer " + "x" * 5000]
)
def test_a_header_that_is_no_token_is_refused(api, header):
    response = api.get("/api/v1/auth/profile/", headers={"authorization": header.encode("utf-8").decode("latin-1")})

    assert response.status_code == 401


def test_a_stale_token_does_not_prevent_sign_in(api, learner):
    response = post_auth(api, "login", {"email": learner.email, "password": PASSWORD}, token="stale")

    assert response.status_code == 200


def test_an_access_token_lives_fifteen_minutes(api, learner):
    with time_machine.travel("2026-11-21 10:00:00Z", tick=False) as clock_hands:
        token = sign_in(api, learner)["access_token"]
        clock_hands.shift(timedelta(minutes=14, seconds=59))
        assert get_profile(api, token).status_code == 200

        clock_hands.shift(timedelta(seconds=2))

        assert get_profile(api, token).status_code == 401


def test_a_former_signing_key_is_still_read(api, learner, settings):
    token = sign_in(api, learner)["access_token"]

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-next-key-" + "y" * 40

    assert get_profile(api, token).status_code == 200


# --- refreshing -----------------------------------------------------------------------------------------------------
def test_refreshing_gives_a_new_pair_and_spends_the_old_one(api, learner):
    first = sign_in(api, learner)

    second = post_auth(api, "refresh", {"refresh_token": first["refresh_token"]})

    assert second.status_code == 200
    assert set(second.json()) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert get_profile(api, second.json()["access_token"]).status_code == 200


def test_a_spent_token_used_again_ends_its_family(api, learner):
    first, other = sign_in(api, learner), sign_in(api, learner)
    second = post_auth(api, "refresh", {"refresh_token": first["refresh_token"]}).json()

    again = post_auth(api, "refresh", {"refresh_token": first["refresh_token"]})

    assert again.status_code == 401
    assert again.json()["code"] == "invalid_refresh_token"
    assert post_auth(api, "refresh", {"refresh_token": second["refresh_token"]}).status_code == 401
    assert get_profile(api, second["access_token"]).status_code == 401
    assert get_profile(api, other["access_token"]).status_code == 200
    with inside("north"):
        outbox.drain()
    assert [email.to for email in mail.outbox] == [[learner.email]]
    assert "signed you out" in mail.outbox[0].subject


@pytest.mark.parametrize("token", ["", "x", "é" * 100, "x" * 201, 7, None, ["x"]])
def test_what_is_no_refresh_token_is_refused(api, token):
    assert post_auth(api, "refresh", {"refresh_token": token}).status_code in (400, 401)


def test_a_refresh_token_lives_fourteen_days(api, learner):
    with time_machine.travel("2026-11-21 10:00:00Z", tick=False) as clock_hands:
        first = sign_in(api, learner)
        clock_hands.shift(timedelta(days=13, hours=23))
        second = post_auth(api, "refresh", {"refresh_token": first["refresh_token"]})
        assert second.status_code == 200

        clock_hands.shift(timedelta(days=14))

        assert post_auth(api, "refresh", {"refresh_token": second.json()["refresh_token"]}).status_code == 401


def test_secrets_are_stored_as_digests(api, learner):
    pair = sign_in(api, learner)

    with inside("north"):
        stored = RefreshToken.objects.get().digest

    assert pair["refresh_token"] not in stored
    assert len(stored) == 64
