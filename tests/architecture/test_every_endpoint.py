"""Every endpoint: who may not is refused, and invalid input never causes a 500."""

import pytest

from academies.tenants.context import inside
from tests.fixtures import leak_probe
from tests.fixtures.http_client import client_for
from tests.fixtures.routes import Route, all_routes, routes_under

pytestmark = pytest.mark.django_db

# What anybody may ask without signing in. A new public endpoint is a decision, so it is written here.
PUBLIC = {
    "api/v1/auth/signup/", "api/v1/auth/register/", "api/v1/auth/login/", "api/v1/auth/refresh/",
    "api/v1/auth/health/", "api/v1/auth/verify-email/", "api/v1/auth/password-reset/",
    "api/v1/auth/password-reset-confirm/", "api/v1/schema/", "api/v1/docs/", "api/v2/schema/", "api/v2/docs/",
    "api/v1/courses/<int:pk>/sections/",
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


def test_the_public_endpoints_exist():
    assert len(routes_under("api/v1/")) > 40
    assert len(routes_under("api/v2/")) > 40
    assert set(PUBLIC) <= {route.path for route in all_routes()}


def test_a_stranger_at_the_api_is_told_to_sign_in():
    stranger = client_for(raise_request_exception=False)

    responses = {
        f"{method} {route.path}": getattr(stranger, method)(route.at(), content_type="application/json")
        for route in routes_under("api/v1/", *OWN_V2)
        if route.path not in PUBLIC
        for method in route.methods
    }

    assert {name: response.status_code for name, response in responses.items() if response.status_code != 401} == {}
    for name, response in responses.items():
        assert response.json()["code"], name
        assert response["Content-Type"].startswith("application/problem+json"), name


def test_a_stranger_at_pages_for_people_is_led_to_sign_in_or_gets_404():
    stranger, wrong = client_for(raise_request_exception=False), {}

    for route in routes_under(*FOR_PEOPLE):
        for method in ("get", "post"):
            response = getattr(stranger, method)(route.at())
            led = response.status_code == 302 and response["Location"].startswith(("/account/login/", "/admin/login/"))
            public = (
                "login" in route.path
                or "password_reset" in route.path
                or route.path in ("admin/sprite/", "admin/jsi18n/")
            )
            if not (led or public or response.status_code in (401, 403, 404, 405)):
                wrong[f"{method} {route.path}"] = (response.status_code, response.get("Location"))

    assert wrong == {}


@pytest.fixture(scope="module")
def module_canaries(module_db):
    with inside("north"):
        return leak_probe.plant_canaries()


@pytest.fixture
def canaries(module_canaries, north):
    return module_canaries


@pytest.fixture
def canary_client(canaries):
    """A person who owns every canary record and has every role, so that each endpoint reads the body it gets."""
    return client_for(leak_probe.User.objects.get(pk=leak_probe.TWIN), raise_request_exception=False)


def _tried() -> list[Route]:
    return sorted((route for route in all_routes() if not route.path.startswith("admin/")), key=_leads_out)


def _reads(route: Route) -> bool:
    return route.path.startswith("api/v1/") and "post" in route.methods and not _leads_out(route)


def _leads_out(route: Route) -> bool:
    return any(word in route.path for word in LEAVING)


@pytest.mark.parametrize("body", RAW)
def test_no_raw_body_breaks_an_endpoint(canaries, canary_client, body):
    broken, unread = {}, []

    for route in _tried():
        for kind in KINDS if len(RAW[body]) < 1000 else KINDS[:1]:
            response = canary_client.post(route.at(canaries.things), RAW[body], content_type=kind)
            if response.status_code >= 500:
                broken[f"{route.path} {kind}"] = response.status_code
            if response.status_code in (401, 404) and _reads(route):
                unread.append((route.path, response.status_code))

    assert broken == {}
    assert unread == []


def test_no_method_breaks_an_endpoint(canaries, canary_client):
    broken = {}

    for route in _tried():
        # The next endpoint no longer finds what this one deleted.
        for method in ("OPTIONS", "HEAD", "PUT", "PATCH", "TRACE", "BREW", "DELETE"):
            response = canary_client.generic(method, route.at(canaries.things), b"{}", content_type="application/json")
            if response.status_code >= 500:
                broken[f"{method} {route.path}"] = response.status_code

    assert broken == {}
