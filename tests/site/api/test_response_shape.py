"""API responses: JSON, pagination, envelope and request id."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.test import override_settings
from django.utils.functional import lazystr
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from academies.kernel.money import Money
from lyceum.api.middleware import ENVELOPE
from lyceum.api.pagination import NumberedPagination
from lyceum.api.renderers import LyceumJSONRenderer


# --- JSON -----------------------------------------------------------------------------------------------------------
@dataclass
class Thing:
    a: int


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1.10"), "1.10"),
        (lazystr("later"), "later"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, 8, 30, tzinfo=UTC), "2026-11-21T08:30:00Z"),
        (Money(4900, "GBP"), {"amount_minor": 4900, "currency": "GBP"}),
        (Thing(1), {"a": 1}),
        ({1: "numbers as keys"}, {"1": "numbers as keys"}),
        ((value for value in "ab"), ["a", "b"]),
        (2**70, 2**70),
        ("\ud800", "\ud800"),
        ("ñ", "ñ"),
    ],
)
def test_every_response_type_can_be_rendered(value, written):
    assert json.loads(LyceumJSONRenderer().render({"value": value})) == {"value": written}


# --- pages of a list ------------------------------------------------------------------------------------------------
def _page(query, count=250):
    request = Request(APIRequestFactory().get(f"/api/v1/things/{query}"))
    pages = NumberedPagination()
    return pages.get_paginated_response(pages.paginate_queryset(range(count), request)).data


@pytest.mark.parametrize(
    ("query", "first", "length"),
    [("", 0, 20), ("?page=2", 20, 20), ("?page_size=5&page=3", 10, 5), ("?page_size=1000", 0, 100),
     ("?page=13", 240, 10)],
)  # fmt: skip
def test_a_list_comes_in_pages(query, first, length):
    data = _page(query)

    assert set(data) == {"count", "next", "previous", "results"}
    assert data["count"] == 250
    assert (data["results"][0], len(data["results"])) == (first, length)


@pytest.mark.parametrize("page", ["0", "-1", "x", "14", "9" * 40, "1.5", "²"])
def test_a_page_that_is_not_there_is_not_found(page):
    with pytest.raises(NotFound):
        _page(f"?page={page}")


# --- the envelope ---------------------------------------------------------------------------------------------------
def _asked(api, path, **headers):
    return api.get(path, headers={"accept": ENVELOPE, **headers})


def test_the_envelope_wraps_an_answer(api):
    response = _asked(api, "/api/v1/auth/health/")

    assert response["Content-Type"] == ENVELOPE
    payload = response.json()
    assert list(payload) == ["status", "message", "data"]
    assert payload["status"] == "success"
    assert payload["data"]["status"] == "healthy"


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/auth/profile/", 401), ("/api/v1/nothing/", 404), ("/api/v2/nothing/", 404)]
)
def test_the_envelope_wraps_an_error(api, path, status):
    response = _asked(api, path)

    payload = response.json()
    assert int(response.get("Content-Length", len(response.content))) == len(response.content)
    assert response.status_code == payload["data"]["status"] == status
    assert payload["status"] == "error"
    assert payload["message"] == payload["data"]["detail"]


@override_settings(ROOT_URLCONF="tests.site.api.broken_urls")
def test_the_envelope_wraps_what_wagtail_answers(api):
    response = _asked(api, "/api/v2/pages/")

    assert set(response.json()["data"]) == {"meta", "items"}


def test_the_envelope_carries_the_view_s_own_message(api, learner):
    api.force_login(learner)

    payload = api.post("/api/v1/auth/logout/", {}, content_type="application/json", headers={"accept": ENVELOPE}).json()

    assert payload["message"] == "Successfully logged out"


def test_the_envelope_has_no_empty_answers(api, learner):
    from academies.kernel import clock
    from academies.people import actions
    from academies.people.facts import Device

    token = actions.start_session(person=learner, device=Device(), now=clock.now()).access
    auth = {"authorization": f"Bearer {token}"}
    here = api.get("/api/v1/auth/sessions/", headers=auth).json()["results"][0]["id"]

    response = api.delete(f"/api/v1/auth/sessions/{here}/", headers={**auth, "accept": ENVELOPE})

    assert response.status_code == 200
    assert response.json() == {"status": "success", "message": "OK", "data": None}


def test_without_the_envelope_nothing_is_wrapped(api):
    assert "data" not in api.get("/api/v1/auth/health/").json()


# --- request ids ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", ["/api/v1/auth/health/", "/api/v1/nothing/", "/nothing/", "/health/live", "/api/v1/%00/"]
)
def test_a_harmless_request_id_comes_back_on_every_answer(api, path):
    assert api.get(path, headers={"x-request-id": "trace-1:a.b_c"})["X-Request-ID"] == "trace-1:a.b_c"


@pytest.mark.parametrize("request_id", ["", "a b", "x" * 81, "é", "a\nb"])
def test_any_other_request_id_is_replaced(api, request_id):
    response = api.get("/api/v1/auth/health/", headers={"x-request-id": request_id})

    assert len(response["X-Request-ID"]) == 32


def test_the_health_of_the_api_says_what_answers(api):
    payload = api.get("/api/v1/auth/health/").json()

    assert set(payload) == {"status", "service", "version", "environment"}
    assert (payload["status"], payload["environment"]) == ("healthy", "test")
