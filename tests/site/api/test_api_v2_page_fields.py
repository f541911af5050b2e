"""`fields=*` and its kind on lists of pages: as Wagtail's own endpoint, in a fixed number of queries."""

from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from catalog.courses.models import CoursePage
from catalog.library.models import AcademyImage
from home.pages.models import HomePage, StandardPage
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db

COURSES = "type=courses.CoursePage&order=title"
STANDARD = "type=pages.StandardPage&order=title"
LISTS = (COURSES, STANDARD, "order=title")
SELECTIONS = (
    "fields=*", "fields=*,-title", "fields=_,title", "fields=-title", "fields=_", "fields=_,id,title,summary",
    "fields=cover(title,-id),category(*)", "fields=*,cover(*),-description", "fields=*&rich_text_format=db_html",
    "fields=_,cover(_,width)", "fields=locale,alias_of",
)  # fmt: skip


def get(path):
    return Client(headers={"host": "north.localhost"}).get(path)


def furnish(numbers):
    """Publish courses and pages with pictures, each linking to another course."""
    home, cover = HomePage.objects.get(), AcademyImage.objects.first() or catalog_factory.picture()
    cover.tags.add("warm", "bread")
    for number in numbers:
        linked = catalog_factory.course(f"Linked {number:02}")
        link = f'<p>See <a linktype="page" id="{linked.pk}">it</a> & <a linktype="page" id="99999">nothing</a>.</p>'
        outcomes = [("outcome", "Knead"), ("outcome", "Bake")]
        category = catalog_factory.category()
        catalog_factory.course(
            f"Course {number:02}", cover=cover, category=category, description=link, outcomes=outcomes
        )
        body = [
            ("text", {"heading": "Why", "text": link}),
            ("picture", {"picture": cover, "caption": "A loaf"}),
            ("quote", {"quote": '<a linktype="page" id="1">not a link</a>', "who": "Ana"}),
        ]
        page = StandardPage(title=f"Page {number:02}", slug=f"page-{number:02}", body=body)
        home.add_child(instance=page)
        page.save_revision().publish()


def without_addresses(value):
    """Drop what has to differ: the router's own addresses, and the address of a picture's file."""
    if isinstance(value, dict):
        return {
            name: without_addresses(item) for name, item in value.items() if name not in ("detail_url", "download_url")
        }
    return [without_addresses(item) for item in value] if isinstance(value, list) else value


@pytest.mark.urls("tests.site.api.stock_urls")
def test_lists_select_fields_as_wagtails_own_endpoint_does(north):
    furnish(range(3))

    for listed, selection in product(LISTS, SELECTIONS):
        ours, stock = (get(f"/{root}/v2/pages/?{listed}&{selection}") for root in ("api", "stock"))

        assert (listed, selection, ours.status_code) == (listed, selection, stock.status_code)
        if stock.status_code == 200:
            assert without_addresses(ours.json()) == without_addresses(stock.json()), (listed, selection)


@pytest.mark.urls("tests.site.api.stock_urls")
def test_a_parent_with_nested_fields_is_for_one_page_as_in_wagtail(north):
    course = catalog_factory.course()

    for root in ("api", "stock"):
        assert get(f"/{root}/v2/pages/?fields=parent(title)").status_code == 400
        assert get(f"/{root}/v2/pages/{course.pk}/?fields=parent").json()["meta"]["parent"]["title"]


def costs():
    """Return how many queries each list takes."""
    spent = {}
    for listed, selection in product(
        LISTS, ("fields=*", "fields=*,cover(*)", "fields=cover,description", "fields=body")
    ):
        path = f"/api/v2/pages/?{listed}&{selection}&limit=50"
        get(path)
        with CaptureQueriesContext(connection) as captured:
            if get(path).status_code == 200:
                spent[path] = len(captured)
    return spent


def test_twenty_pages_cost_what_one_does(north):
    furnish(range(1))
    single = costs()
    furnish(range(1, 20))
    twenty = costs()

    assert single == twenty
    assert len(single) >= 6
    assert max(single.values()) <= 16


@pytest.mark.parametrize("endpoint", ["images", "documents", "redirects"])
def test_twenty_files_cost_what_one_does(north, endpoint):
    costs = []
    for numbers in (range(1), range(1, 20)):
        for number in numbers:
            catalog_factory.picture(f"Loaf {number}").tags.add("bread", f"loaf-{number}")
        get(f"/api/v2/{endpoint}/?fields=*&limit=50")
        with CaptureQueriesContext(connection) as captured:
            response = get(f"/api/v2/{endpoint}/?fields=*&limit=50")
        assert response.status_code == 200
        costs.append(len(captured))

    assert costs[0] == costs[1]


def test_an_alias_names_its_source_only_while_that_is_public(north, without_page_cache):
    source = catalog_factory.course("Source")
    alias = source.create_alias(update_slug="alias")
    path = f"/api/v2/pages/?{COURSES}&fields=alias_of"
    assert {
        item["id"]: item["meta"]["alias_of"] and item["meta"]["alias_of"]["id"] for item in get(path).json()["items"]
    } == {source.pk: None, alias.pk: source.pk}

    CoursePage.objects.filter(pk=source.pk).update(live=False)

    (only,) = get(path).json()["items"]
    assert (only["id"], only["meta"]["alias_of"]) == (alias.pk, None)
    assert get(f"/api/v2/pages/{alias.pk}/").json()["meta"]["alias_of"] is None
    assert Page.objects.get(pk=alias.pk).alias_of_id == source.pk
