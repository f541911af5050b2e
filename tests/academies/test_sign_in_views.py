"""Sign-in views: there is one sign-in page, whatever views packages bring."""

from collections.abc import Iterator

import pytest
from allauth.account.views import LoginView as SignInPage
from django.contrib.auth.views import LoginView
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from academies.tenants.context import inside
from tests.fixtures.people import PASSWORD


def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


def login_paths() -> set[str]:
    """Return where any LoginView is mounted, Django's and its subclasses'."""
    return {
        path
        for path, pattern in routes(get_resolver())
        if issubclass(getattr(pattern.callback, "view_class", object), LoginView)
    }


def test_no_login_view_of_a_package_can_be_reached():
    paths = login_paths()

    # Wagtail brings these two; ours stand before them.
    assert paths == {"/admin/login/", "/_util/login/"}
    for path in paths:
        assert resolve(path).func.__module__ == "academies.people.views", path
    assert resolve("/account/login/").func.view_class is SignInPage


@pytest.mark.parametrize("path", ["/_util/login/", "/admin/login/"])
def test_another_sign_in_address_takes_no_password(learner, path):
    browser = Client(headers={"host": "north.localhost"})

    page = browser.post(path, {"username": learner.email, "password": PASSWORD, "login": learner.email})

    assert page.status_code == 302
    assert page["Location"].startswith("/account/login/")
    assert browser.get("/api/v1/auth/profile/").status_code == 401


@pytest.mark.parametrize(("query", "target"), [("", ""), ("?next=/courses/", "?next=%2Fcourses%2F")])
def test_the_sign_in_address_of_restricted_pages_leads_to_the_page(north, query, target):
    page = Client(headers={"host": "north.localhost"}).get(f"/_util/login/{query}")

    assert page.status_code == 302
    assert page["Location"] == f"/account/login/{target}"


def test_where_a_restricted_page_sends_one_is_no_way_to_another_host(learner):
    browser = Client(headers={"host": "north.localhost"})
    page = browser.get("/_util/login/?next=//evil.example/")
    form = browser.get(page["Location"]).context["form"]

    signed_in = browser.post(
        "/account/login/", {"login": learner.email, "password": PASSWORD, "next": "//evil.example/"}
    )

    assert form is not None
    assert signed_in["Location"] == "/my/"
    with inside("north"):
        learner.refresh_from_db()
        assert learner.last_login
