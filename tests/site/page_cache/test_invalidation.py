"""Which models make kept pages stale: everything that a public page or list reads is declared."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from academies.tenants import cache_version
from home.pages.models import Brand
from lyceum.page_cache.invalidation import public_models
from tests.fixtures import leak_probe

pytestmark = pytest.mark.django_db

# Read for a page without being on it, or told to the receiver in another way.
NOT_SHOWN = {
    "contenttypes.ContentType": "says which model a page is of",
    "tenants.Academy": "the receiver hears of it in its own branch",
    "tenants.Domain": "the receiver hears of it in its own branch",
    "wagtailcore.Locale": "made with the academy",
    "library.Rendition": "catalog.library.actions and home.pages.site_frame bump the version when a size is made",
}
PATHS = (
    "/", "/courses/", "/events/", "/events/?past=1", "/about/", "/sitemap.xml", "/llms.txt", "/brand.css", "/calendar.ics",
    "/api/v2/courses/", "/api/v2/events/", "/api/v2/categories/", "/api/v2/instructors/", "/api/v2/venues/",
    "/api/v2/plans/", "/api/v2/offerings/", "/api/v2/pages/", "/api/v2/images/", "/api/v2/documents/",
    "/api/v2/redirects/?format=json", "/api/v1/courses/", "/api/v1/events/", "/api/v1/instructors/",
)  # fmt: skip
TABLE = re.compile(r'(?:FROM|JOIN) "([a-z0-9_]+)"')


def tables_read(paths):
    client, tables, answered = Client(headers={"host": "north.localhost"}), set(), 0
    for path in paths:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path)
        answered += response.status_code == 200
        tables |= {table for query in queries for table in TABLE.findall(query["sql"])}
    return tables, answered


@pytest.fixture
def public_paths(north, settings):
    settings.PAGE_CACHE_SECONDS = 0
    return [*PATHS, *leak_probe.plant_canaries().addresses]


def test_every_model_that_a_public_page_reads_is_declared(public_paths):
    tables, answered = tables_read(public_paths)
    by_table = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    read = {by_table[table] for table in tables if table in by_table}

    declared = {model for model in read if model in public_models() or issubclass(model, Page)}
    through = {field.remote_field.through for model in public_models() for field in model._meta.many_to_many}
    undeclared = {model._meta.label for model in read - declared - through}

    assert answered > 20
    assert len(declared) > 12
    assert set(NOT_SHOWN) <= undeclared
    assert undeclared - set(NOT_SHOWN) == set(), "set on_public_pages = True, or name it in an app's public_models"


def test_saving_a_declared_model_changes_the_version(north, django_capture_on_commit_callbacks):
    brand = Brand.objects.first() or Brand.objects.create()
    before = cache_version.current()

    with django_capture_on_commit_callbacks(execute=True):
        brand.save()

    assert cache_version.current() != before
