"""Logo: on every page once its rendition exists; no page waits for it."""

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from academies.outbox.actions import drain
from academies.tenants.context import inside
from catalog.library.models import AcademyImage
from home.pages.models import Brand
from home.pages.site_frame import site_frame
from tests.fixtures import catalog_factory


@pytest.fixture
def logo(north) -> AcademyImage:
    image = catalog_factory.picture("Northlight")
    brand = Brand.load()
    brand.logo = image
    brand.save()
    return image


def _home() -> int:
    response = Client().get("/", headers={"host": "north.localhost"})
    return response.status_code


def test_a_logo_is_made_behind_the_page_that_first_wants_it(logo):
    assert site_frame().logo is None

    drain()

    shown = site_frame().logo
    assert shown is not None
    assert shown.height == 144


def test_pages_open_without_a_logo_whose_file_is_lost(logo):
    default_storage.delete(logo.file.name)

    assert _home() == 200
    with inside("north"):
        drain()
    assert _home() == 200


def test_a_logo_that_is_deleted_leaves_the_pages_at_once(logo):
    site_frame()
    drain()
    assert site_frame().logo is not None

    logo.delete()

    assert site_frame().logo is None
