"""Unknown addresses below /api/ are 404 for every method, impossible ids included."""

import pytest
from django.test import Client

from home.pages.models import HomePage, StandardPage

METHODS = ["get", "head", "post", "put", "patch", "delete", "options"]


@pytest.fixture
def api(north):
    return Client(headers={"host": "north.localhost"}, enforce_csrf_checks=True)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path", ["/api/v1/nope/", "/api/v1/nope", "/api/v2/nope/", "/api/", "/api/v3/courses/", "/api/v1/%0A"]
)
def test_it_is_not_found_by_any_method(api, method, path):
    response = getattr(api, method)(path)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    if method != "head":
        assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("method", METHODS)
def test_somebody_signed_in_finds_nothing_either(api, learner, method):
    api.force_login(learner)

    assert getattr(api, method)("/api/v1/nope/").status_code == 404


def test_an_address_that_lacks_its_slash_leads_to_the_one_with_it(api):
    response = api.get("/api/v1/courses?page=1")

    assert (response.status_code, response["Location"]) == (301, "/api/v1/courses/?page=1")
    assert api.post("/api/v1/auth/login").status_code == 308


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/api/courses/", "/api/v1/courses/"),
        ("/api/courses?page=2&order=-title", "/api/v1/courses/?page=2&order=-title"),
        ("/api/users/me/settings", "/api/v1/users/me/settings/"),
        ("/api/docs/", "/api/v1/docs/"),
        ("/api/schema/", "/api/v1/schema/"),
        ("/api/certificates/verify/A%20B%0D%0AX/", "/api/v1/certificates/verify/A%20B%0D%0AX/"),
    ],
)
def test_an_address_without_a_version_leads_to_the_one_with_it(api, path, target):
    response = api.get(path)

    assert (response.status_code, response["Location"]) == (301, target)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_redirect_to_a_version_keeps_method_and_body(api, method):
    response = getattr(api, method)("/api/auth/login?x=1")

    assert (response.status_code, response["Location"]) == (308, "/api/v1/auth/login/?x=1")


def test_a_client_that_follows_signs_in_by_the_address_of_the_seeds(api, learner):
    body = {"email": learner.email, "password": "wrong"}

    response = api.post("/api/auth/login/", body, content_type="application/json", follow=True)

    assert (response.status_code, response.json()["code"]) == (401, "invalid_credentials")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path",
    ["/api//evil.example/", "/api///evil.example/", "/api/\\evil.example/", "/api//courses/", "/api/@evil.example/",
     "/api/https://evil.example/", "/api/../courses/", "/api/certificates/verify/../", "/api/certificates/verify/./",
     "/api/api/courses/", "/api/v1/v1/courses/", "/api/v1/courses//"],
)  # fmt: skip
def test_no_address_leads_away(api, method, path):
    response = getattr(api, method)(path)

    assert response.status_code == 404
    assert not response.has_header("Location")


@pytest.mark.parametrize(("path", "target"), [("/docs/", "/api/v1/docs/"), ("/schema/", "/api/v1/schema/")])
def test_docs_and_schema_lead_to_the_api_unless_the_academy_has_such_a_page(api, path, target):
    response = api.get(path)
    assert (response.status_code, response["Location"]) == (302, target)

    HomePage.objects.get().add_child(instance=StandardPage(title="Ours", slug=path.strip("/")))

    response = api.get(path)
    assert (response.status_code, b"Ours" in response.content) == (200, True)


@pytest.mark.parametrize(
    "path",
    [
        "/admin/checkout/refund/inspect/3/",
        "/admin/snippets/choose/plans/plan/chosen/x/",
        "/admin/snippets/choose/plans/coupon/chosen/x/",
        "/admin/snippets/plans/plan/edit/x/",
        "/admin/people/user/inspect/nobody/",
        "/admin/failwhale/",
    ],
)
def test_an_id_that_no_row_can_have_is_not_found(owner, path):
    admin = Client(headers={"host": "north.localhost"}, raise_request_exception=False)
    admin.force_login(owner)

    assert admin.get(path).status_code == 404


def test_a_ping_for_a_row_that_can_t_be_is_not_found(owner):
    admin = Client(headers={"host": "north.localhost"}, raise_request_exception=False)
    admin.force_login(owner)

    assert admin.post("/admin/editing-sessions/ping/people/user/3/3/").status_code == 404


@pytest.mark.parametrize("limit", ["null", "x", "-1", "0", "1.5", "", "٣", "9" * 5000])
def test_a_page_s_length_is_a_whole_number(api, learner, limit):
    api.force_login(learner)

    response = api.get("/api/v1/orders/", {"page_size": limit})

    assert response.status_code == 400
    assert "page_size" in response.json()["fields"]


def test_a_page_is_a_hundred_long_at_most(api, learner):
    api.force_login(learner)

    assert api.get("/api/v1/orders/", {"page_size": "100000"}).status_code == 200
