"""Every endpoint: who may not is refused, and invalid input never causes a 500."""

import pytest
from django.test import Client

from academies.tenants.context import inside
from tests.fixtures import leak_probe
from tests.fixtures.routes import Door, doors, under

pytestmark = pytest.mark.django_db

# What anybody may ask without signing in. A new public door is a decision, so it is written here.
PUBLIC = {
    "api/v1/auth/signup/", "api/v1/auth/register/", "api/v1/auth/login/", "api/v1/auth/refresh/",
    "api/v1/auth/health/", "api/v1/auth/verify-email/", "api/v1/auth/password-reset/",
    "api/v1/auth/password-reset-confirm/", "api/v1/schema/", "api/v1/docs/", "api/v1/courses/<int:pk>/sections/",
    "api/v1/sections/<int:pk>/lectures/", "api/v1/lectures/<int:pk>/", "api/v1/certificates/verify/<str:code>/",
    "api/v1/courses/", "api/v1/courses/<int:pk>/", "api/v1/courses/<int:pk>/instructors/", "api/v1/courses/categories/",
    "api/v1/courses/categories/<int:pk>/", "api/v1/instructors/", "api/v1/instructors/<int:pk>/", "api/v1/events/",
    "api/v1/events/<int:pk>/",
}  # fmt: skip
OWN_V2 = ("api/v2/enrollments/", "api/v2/registrations/", "api/v2/orders/", "api/v2/certificates/")
# Pages for those who are signed in. Their neighbours below the same path are public on purpose.
FOR_PEOPLE = ("checkout/", "my/", "learn/", "events/register/", "courses/enrol/", "admin/")
RAW = {
    "nothing": b"", "a NUL": b"\x00", "no text": b"\xff\xfe\xfa", "nested deep": b"[" * 100_000,
    "an object without an end": b'{"a":' * 50_000, "null": b"null", "a string": b'"x"', "a number": b"1e999",
    "not a number": b'{"a": NaN}', "a NUL in a string": b'{"email": "a\\u0000b", "items": "\\u0000"}',
    "half a surrogate": b'{"full_name": "\\ud800"}', "twice the same": b'{"email": 1, "email": 2}',
    "huge": b'{"a": "' + b"x" * 3_000_000 + b'"}',
}  # fmt: skip
# They sign the visitor out, so they are tried last.
LEAVING = ("logout", "revoke-all")
KINDS = ("application/json", "multipart/form-data; boundary=x", "text/plain")


def _client(person=None) -> Client:
    client = Client(headers={"host": "north.localhost"}, raise_request_exception=False)
    if person:
        with inside("north"):
            client.force_login(person)
    return client


def test_the_house_has_its_doors():
    assert len(under("api/v1/")) > 40
    assert len(under("api/v2/")) > 40
    assert set(PUBLIC) <= {door.path for door in doors()}


def test_a_stranger_at_the_api_is_told_to_sign_in():
    stranger = _client()

    answers = {
        f"{method} {door.path}": getattr(stranger, method)(door.at(), content_type="application/json")
        for door in under("api/v1/", *OWN_V2)
        if door.path not in PUBLIC
        for method in door.methods
    }

    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 401} == {}
    for name, answer in answers.items():
        assert answer.json()["code"], name
        assert answer["Content-Type"].startswith("application/problem+json"), name


def test_a_stranger_at_the_doors_of_people_is_led_to_sign_in_or_told_that_nothing_is_there():
    stranger, wrong = _client(), {}

    for door in under(*FOR_PEOPLE):
        for method in ("get", "post"):
            answer = getattr(stranger, method)(door.at())
            led = answer.status_code == 302 and answer["Location"].startswith(("/account/login/", "/admin/login/"))
            public = (
                "login" in door.path or "password_reset" in door.path or door.path in ("admin/sprite/", "admin/jsi18n/")
            )
            if not (led or public or answer.status_code in (401, 403, 404, 405)):
                wrong[f"{method} {door.path}"] = (answer.status_code, answer.get("Location"))

    assert wrong == {}


@pytest.fixture(scope="module")
def aviary_of_the_file(module_db):
    with inside("north"):
        return leak_probe.plant()


@pytest.fixture
def aviary(aviary_of_the_file, north):
    return aviary_of_the_file


@pytest.fixture
def keeper(aviary):
    """Whose everything in the aviary is, and who may do everything: no door is shut before it has read what was sent."""
    return _client(leak_probe.User.objects.get(pk=leak_probe.TWIN))


def _tried() -> list[Door]:
    return sorted((door for door in doors() if not door.path.startswith("admin/")), key=_leads_out)


def _reads(door: Door) -> bool:
    return door.path.startswith("api/v1/") and "post" in door.methods and not _leads_out(door)


def _leads_out(door: Door) -> bool:
    return any(word in door.path for word in LEAVING)


@pytest.mark.parametrize("body", RAW)
def test_no_raw_body_breaks_a_door(aviary, keeper, body):
    broken, unread = {}, []

    for door in _tried():
        for kind in KINDS if len(RAW[body]) < 1000 else KINDS[:1]:
            answer = keeper.post(door.at(aviary.things), RAW[body], content_type=kind)
            if answer.status_code >= 500:
                broken[f"{door.path} {kind}"] = answer.status_code
            if answer.status_code in (401, 404) and _reads(door):
                unread.append((door.path, answer.status_code))

    assert broken == {}
    assert unread == []


def test_no_method_breaks_a_door(aviary, keeper):
    broken = {}

    for door in _tried():
        # A thing that was deleted is nobody's at the next door.
        for method in ("OPTIONS", "HEAD", "PUT", "PATCH", "TRACE", "BREW", "DELETE"):
            answer = keeper.generic(method, door.at(aviary.things), b"{}", content_type="application/json")
            if answer.status_code >= 500:
                broken[f"{method} {door.path}"] = answer.status_code

    assert broken == {}
