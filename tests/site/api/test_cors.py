"""CORS: only the origins an academy allows may call its API."""

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academies.tenants.context import inside
from home.pages.models import Headless

SHOP = "https://shop.example"
ENDPOINT = "/api/v1/auth/health/"


@pytest.fixture
def api(north):
    Headless.objects.create(origins=f"{SHOP}\nhttp://localhost:3000")
    return Client(headers={"host": "north.localhost"})


def preflight(client, origin, **headers):
    request_headers = {"origin": origin, "access-control-request-method": "POST", **headers}
    return client.options("/api/v1/checkout/", headers=request_headers)


def test_a_named_site_may_ask(api):
    response = preflight(api, SHOP)

    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == SHOP
    assert "Idempotency-Key" in response["Access-Control-Allow-Headers"]
    assert "Authorization" in response["Access-Control-Allow-Headers"]
    assert "origin" in response["Vary"].lower()
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize("headers", [{}, {"origin": SHOP}, {"origin": "https://else.example"}])
def test_a_cache_outside_keeps_answers_of_origins_apart(api, headers):
    assert "origin" in api.get(ENDPOINT, headers=headers)["Vary"].lower()


@pytest.mark.parametrize("path", [ENDPOINT, "/api/v1/auth/profile/", "/api/v1/nothing/"])
def test_a_named_site_may_read_answers_and_errors(api, path):
    response = api.get(path, headers={"origin": SHOP})

    assert response["Access-Control-Allow-Origin"] == SHOP
    assert "X-Request-ID" in response["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://shop.example.evil.example",
        "http://shop.example",
        "https://SHOP.example",
        "*",
    ],
)
def test_any_other_site_may_not(api, origin):
    assert "Access-Control-Allow-Origin" not in preflight(api, origin)
    assert "Access-Control-Allow-Origin" not in api.get(ENDPOINT, headers={"origin": origin})


def test_a_site_of_one_academy_is_nobody_in_another(api, south):
    response = Client(headers={"host": "south.localhost"}).get(ENDPOINT, headers={"origin": SHOP})

    assert "Access-Control-Allow-Origin" not in response


def test_pages_are_never_shared(api):
    assert "Access-Control-Allow-Origin" not in api.get("/", headers={"origin": SHOP})


def test_a_change_counts_at_once_and_knowing_costs_no_query(api):
    api.get(ENDPOINT, headers={"origin": SHOP})
    with CaptureQueriesContext(connection) as spent:
        api.get(ENDPOINT, headers={"origin": SHOP})
    assert len(spent) == 0

    with inside("north"):
        setting = Headless.objects.get()
        setting.origins = ""
        setting.save()

    assert "Access-Control-Allow-Origin" not in api.get(ENDPOINT, headers={"origin": SHOP})


def test_what_another_process_kept_before_the_change_was_committed_is_forgotten(
    api, django_capture_on_commit_callbacks
):
    with inside("north"), django_capture_on_commit_callbacks(execute=True):
        setting = Headless.objects.get()
        before = setting.allowed()
        setting.origins = ""
        setting.save()
        # Another process asks now, and still reads the former row.
        cache.set("cors-origins", before, 300)

    assert "Access-Control-Allow-Origin" not in api.get(ENDPOINT, headers={"origin": SHOP})


@pytest.mark.parametrize(
    "wrong",
    [
        "shop.example",
        "https://shop.example/",
        "https://shop.example/path",
        "*",
        "ftp://shop.example",
        "https://a:b@shop.example",
        "https://shop.example:x",
        "null",
        "https://",
    ],
)
def test_what_is_no_origin_is_refused(wrong):
    with pytest.raises(ValidationError):
        Headless(origins=f"{SHOP}\n{wrong}").full_clean()


def test_bare_origins_are_accepted():
    Headless(origins=f"{SHOP}\r\nhttp://localhost:3000\n\n").full_clean()
