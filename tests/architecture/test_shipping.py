"""Shipped defaults: example settings, HTTPS redirects and security headers are safe."""

import re

import pytest
from django.test import Client

from lyceum import ROOT
from tests.fixtures.http_client import client_for
from tests.site.test_secret_key import run

pytestmark = pytest.mark.django_db

POLICY = "Content-Security-Policy"


def example() -> dict[str, str]:
    """Return what .env.example sets, with a key."""
    lines = re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    return {**dict(lines), "SECRET_KEY": "k3y-" + "abcdefghijklmnopqrstuvwxyz0123456789-" * 2}


def test_the_shipped_example_passes_django_s_check_for_deployments():
    ended = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **example())

    assert ended.returncode == 0, ended.stderr


@pytest.fixture
def https(settings):
    """As behind a proxy that ends TLS."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31536000


@pytest.mark.parametrize("path", ["/", "/courses/?q=rye", "/admin/", "/account/login/", "/api/v2/courses/"])
def test_http_is_led_to_https_where_a_proxy_says_which_it_was(north, https, path):
    led = client_for().get(path)
    secure = client_for().get(path, headers={"x-forwarded-proto": "https"})

    assert (led.status_code, led["Location"]) == (301, f"https://north.localhost{path}")
    assert secure.status_code in (200, 302)
    assert secure["Strict-Transport-Security"] == "max-age=31536000"


def test_health_is_answered_without_a_proxy(north, https):
    assert Client().get("/health/live").status_code == 200


def test_without_a_proxy_nobody_is_led_in_a_circle(north):
    response = client_for().get("/")

    assert response.status_code == 200
    assert "Strict-Transport-Security" not in response


@pytest.mark.parametrize("path", ["/", "/courses/", "/account/login/", "/nothing-here/"])
def test_every_page_says_what_it_may_load(north, path):
    policy = client_for().get(path)[POLICY]

    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_public_page_loads_from_its_own_host_only(north):
    policy = dict(part.split(" ", 1) for part in client_for().get("/")[POLICY].split("; "))

    assert policy["default-src"] == policy["frame-ancestors"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["form-action"].startswith("'self' http")
    assert not {"script-src", "style-src", "frame-src"} & set(policy)


def test_a_policy_is_the_same_for_everybody_so_that_pages_can_be_kept(north, learner, settings):
    settings.PAGE_CACHE_SECONDS = 300

    policies = {each.get("/courses/")[POLICY] for each in (client_for(), client_for(), client_for(learner))}

    assert len(policies) == 1


def test_the_admin_has_a_policy_that_wagtail_can_live_with(owner):
    policy = client_for(owner).get("/admin/")[POLICY]

    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy


@pytest.mark.parametrize(
    "path", ["/api/v2/courses/", "/api/v1/auth/health/", "/brand.css", "/robots.txt", "/media/x.png"]
)
def test_what_is_no_page_says_nothing(north, path):
    response = client_for().get(path)

    assert POLICY not in response or response["Content-Type"].startswith("text/html")


def test_pages_are_shown_in_no_frame_but_previews_are(north, owner):
    assert client_for().get("/")["X-Frame-Options"] == "DENY"
    from home.pages.models import HomePage

    page = HomePage.objects.get()
    admin = client_for(owner)
    admin.post(f"/admin/pages/{page.pk}/edit/preview/", {"title": "x", "slug": "home", "body-count": "0"})

    assert admin.get(f"/admin/pages/{page.pk}/edit/preview/")["X-Frame-Options"] == "SAMEORIGIN"
