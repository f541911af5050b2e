"""API errors: every one is application/problem+json."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404
from django.test import Client, RequestFactory, override_settings
from django.utils import translation
from rest_framework import exceptions as drf
from rest_framework.response import Response

from academies.kernel import errors as kernel
from lyceum.api.errors import exception_handler, status_of
from lyceum.errors import RefusalMiddleware

MEMBERS = {"type", "title", "status", "detail", "code", "fields", "error", "details"}


def assert_is_problem(response, status, code):
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == "application/problem+json"
    assert int(response.get("Content-Length", len(response.content))) == len(response.content)
    body = json.loads(response.content)
    assert set(body) >= MEMBERS
    assert body["status"] == status
    assert body["code"] == code
    assert body["error"] == body["title"] != ""
    assert body["details"] == body["fields"]
    assert body["detail"] != ""
    assert response["X-Request-ID"]
    return body


def signing_up(api, body, **extra):
    return api.post("/api/v1/auth/signup/", body, content_type="application/json", **extra)


def test_missing_fields_are_named(api):
    body = assert_is_problem(signing_up(api, {"email": "nope"}), 400, "invalid")

    assert set(body["fields"]) == {"full_name", "email", "password", "date_of_birth"}
    assert body["error"] == "Validation failed"


def test_who_is_not_signed_in_is_told_so(api):
    response = api.get("/api/v1/auth/profile/")

    assert_is_problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing/here/", "/api/v2/nothing/", "/api/", "/api/v1/", "/api/v2/pages/99999/"]
)
def test_an_unknown_address_is_a_problem_too(api, path):
    assert_is_problem(api.get(path), 404, "not_found")


def test_an_unknown_host_answers_programs_with_a_problem(db):
    response = Client().get("/api/v1/auth/profile/", headers={"host": "nowhere.localhost"})

    assert_is_problem(response, 404, "not_found")


@override_settings(ROOT_URLCONF="tests.site.api.broken_urls")
@pytest.mark.parametrize(
    "query", ["limit=x", "limit=9999", "fields=nonsense", "order=password", "nonsense=1", "type=people.User"]
)
def test_what_wagtails_api_refuses_is_a_problem(api, query):
    assert_is_problem(api.get(f"/api/v2/pages/?{query}"), 400, "bad_request")


def test_a_wrong_method_names_itself(api):
    response = api.get("/api/v1/auth/login/")

    assert_is_problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "POST, OPTIONS"


def test_a_form_is_not_json(api):
    response = api.post("/api/v1/auth/login/", {"email": "a@b.example"})

    assert_is_problem(response, 415, "unsupported_media_type")


def test_an_unknown_form_of_answer_is_refused(api):
    response = api.get("/api/v1/auth/health/", headers={"accept": "application/xml"})

    assert_is_problem(response, 406, "not_acceptable")


NESTED = b'{"email":' + b"[" * 5000 + b"]" * 5000 + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{'email': 1}",
        b'{"email": NaN}',
        b'{"email": "\xff"}',
        b'{"email": "\\ud800"}',
        b'{"email": "a\\u0000b@example.org", "password": "x"}',
        b'{"a\\u0000": 1}',
        NESTED,
        b'{"email": "' + b"a" * 3_000_000 + b'"}',
        b'{"email": {"a": 1}, "password": ["x"]}',
        b'{"email": 1e400, "password": 99999999999999999999999}',
        "\ufeff{}".encode(),
        "{}".encode("utf-16"),
    ],
    ids=lambda body: repr(body[:30]),
)
@pytest.mark.parametrize("endpoint", ["signup", "login", "refresh", "verify-email", "password-reset-confirm"])
def test_no_request_body_breaks_an_endpoint(api, body, endpoint):
    response = api.post(f"/api/v1/auth/{endpoint}/", body, content_type="application/json")

    assert response.status_code in (400, 401)
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/api/v1/x%00y/", "/api/v1/auth/sessions/?page=%00", "/?q=%00", "/%00", "/account/login/?next=%00"]
)
def test_a_nul_in_the_address_is_a_bad_request(api, path):
    assert api.get(path).status_code == 400


def test_a_nul_in_a_cookie_is_a_bad_request(api):
    response = api.get("/api/v1/auth/profile/", headers={"cookie": 'sessionid="\\000abcdefghijkl"'})

    assert_is_problem(response, 400, "bad_request")


def test_a_post_without_its_slash_is_sent_on_with_its_body(api):
    response = api.post("/api/v1/auth/login", {"email": "a@b.example"}, content_type="application/json")

    assert response.status_code == 308
    assert response["Location"].endswith("/api/v1/auth/login/")


@override_settings(ROOT_URLCONF="tests.site.api.broken_urls")
@pytest.mark.parametrize("kind", ["drf", "plain"])
def test_what_nobody_expected_is_a_500_without_its_reason(north, kind):
    api = Client(headers={"host": "north.localhost"}, raise_request_exception=False)

    body = assert_is_problem(api.get(f"/api/v1/{kind}/"), 500, "internal_error")

    assert "secret reason" not in json.dumps(body)


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (kernel.Invalid(), 400),
        (kernel.Unauthenticated(), 401),
        (kernel.PaymentRequired(plans=["bread"]), 402),
        (kernel.Forbidden(), 403),
        (kernel.NotFound(), 404),
        (kernel.Conflict(), 409),
        (kernel.Gone(), 410),
        (kernel.IdempotencyKeyReused(), 422),
        (kernel.RateLimited(retry_after=7), 429),
        (kernel.Unavailable(retry_after=7), 503),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_refusal_has_its_status_and_members(refusal, status):
    response = exception_handler(refusal, {})

    assert isinstance(response, Response)
    assert response.status_code == response.data["status"] == status_of(refusal) == status
    assert response.data["code"] == refusal.code
    assert response.data["detail"] == refusal.message
    assert response.data.get("plans") == refusal.extra.get("plans")
    assert response.headers.get("Retry-After") == ("7" if status in (429, 503) else None)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "not_allowed"),
        (drf.Throttled(wait=3.2), 429, "too_many_requests"),
        (drf.PermissionDenied("CSRF Failed"), 403, "not_allowed"),
        (DataError("integer out of range"), 400, "invalid"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_errors_of_the_frameworks_are_problems(error, status, code):
    response = exception_handler(error, {})

    assert (response.status_code, response.data["code"]) == (status, code)
    assert "integer" not in response.data["detail"]


def test_nested_errors_are_flattened():
    error = drf.ValidationError({"items": [{}, {"plan": ["Unknown."]}], "non_field_errors": ["Odd."]})

    fields = exception_handler(error, {}).data["fields"]

    assert fields == {"items.1.plan": ["Unknown."], "non_field_errors": ["Odd."]}


def test_the_detail_speaks_the_language_of_the_request(api):
    response = api.get("/api/v1/auth/profile/", headers={"accept-language": "es"})

    assert response.json()["detail"] != kernel.Unauthenticated.message
    assert response.json()["code"] == "not_authenticated"


def test_an_html_view_shows_a_refusal_as_a_page(north):
    request = RequestFactory().get("/checkout/plan/bread/", headers={"host": "north.localhost"})
    request.user = AnonymousUser()
    request.META["HTTP_REFERER"] = "https://evil.example/"

    with translation.override("en"):
        response = RefusalMiddleware(lambda r: None).process_exception(
            request, kernel.Conflict("All 20 seats are taken.")
        )

    assert response.status_code == 409
    assert b"All 20 seats are taken." in response.content
    assert b"evil.example" not in response.content


def test_the_admin_answers_a_refused_button_with_a_message(north):
    request = RequestFactory().post("/admin/orders/7/refund/", headers={"host": "north.localhost"})
    request.META["HTTP_REFERER"] = "http://north.localhost/admin/orders/"
    request._messages = CookieStorage(request)

    response = RefusalMiddleware(lambda r: None).process_exception(
        request, kernel.Conflict("Nothing is left to refund.")
    )

    assert (response.status_code, response["Location"]) == (302, "http://north.localhost/admin/orders/")
    assert [str(message) for message in request._messages] == ["Nothing is left to refund."]


def test_the_admin_sends_nobody_to_another_host(north):
    request = RequestFactory().post("/admin/orders/7/refund/", headers={"host": "north.localhost"})
    request.META["HTTP_REFERER"] = "https://evil.example/"
    request._messages = CookieStorage(request)

    answer = RefusalMiddleware(lambda r: None).process_exception(request, kernel.Conflict())

    assert answer["Location"] == "/admin/"
