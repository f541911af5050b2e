"""Site frame: every page shows its own academy's brand."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from academies.tenants.context import inside
from home.pages.models import Brand, HomePage, StandardPage
from home.pages.site_frame import site_frame
from home.pages.views import brand_css

pytestmark = pytest.mark.django_db


def _rebrand(**changes: object) -> None:
    brand = Brand.load()
    for name, value in changes.items():
        setattr(brand, name, value)
    brand.save()


def test_a_change_of_brand_shows_at_once(north):
    before = site_frame()

    _rebrand(name="Northlight", colour="#0f766e", radius=4)

    after = site_frame()
    assert after.name == "Northlight"
    assert "--brand:#0f766e" in after.css
    assert "--radius:4px" in after.css
    assert after.version != before.version


def test_a_warm_page_spends_no_query_on_its_surroundings(north, django_assert_num_queries):
    site_frame()

    with django_assert_num_queries(0):
        site_frame()


def test_a_published_page_joins_the_main_links(north):
    site_frame()

    page = HomePage.objects.get().add_child(instance=StandardPage(title="About us", slug="about", show_in_menus=True))
    page.save_revision().publish()

    assert ("About us", "/about/") in [(link.title, link.url) for link in site_frame().links]


def test_one_academy_never_wears_the_brand_of_another(north, south):
    with inside("north"):
        _rebrand(name="Northlight", colour="#0f766e")
        site_frame()

    with inside("south"):
        other = site_frame()

    assert other.name != "Northlight"
    assert "#0f766e" not in other.css


def test_browsers_keep_the_style_sheet_of_this_version_only(north):
    current = site_frame().version

    response = brand_css(RequestFactory().get("/brand.css", {"v": current}))
    stale = brand_css(RequestFactory().get("/brand.css", {"v": "yesterday"}))

    assert "immutable" in response["Cache-Control"]
    assert stale["Cache-Control"] == "no-cache"
    assert response.content == stale.content
    cache.clear()
