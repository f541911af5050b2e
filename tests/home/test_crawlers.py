"""Crawlers: robots.txt and sitemaps name this academy's public pages only."""

from xml.etree import ElementTree

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def get(path, host="north.localhost"):
    return Client().get(path, headers={"host": host})


def addresses():
    response = get("/sitemap.xml")
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return [node.text for node in ElementTree.fromstring(response.content).iter(LOC)]


def test_the_sitemap_lists_public_pages_with_their_own_host(north):
    catalog_factory.whole_course()
    catalog_factory.event()

    assert addresses() == [
        "http://north.localhost:8000/",
        "http://north.localhost:8000/courses/",
        "http://north.localhost:8000/courses/sourdough/",
        "http://north.localhost:8000/courses/sourdough/begin/flour/",
        "http://north.localhost:8000/events/",
        "http://north.localhost:8000/events/open-kitchen/",
    ]


def test_what_is_private_is_in_no_list(north):
    course, draft = catalog_factory.whole_course(), catalog_factory.whole_course("Draft")
    draft.unpublish()
    PageViewRestriction.objects.create(page=course, restriction_type=PageViewRestriction.LOGIN)

    assert [address for address in addresses() if "/courses/" in address] == ["http://north.localhost:8000/courses/"]
    assert "Sourdough" not in get("/llms.txt").content.decode()


def test_a_free_lesson_of_a_course_that_is_no_longer_published_is_not_listed(north):
    course = catalog_factory.whole_course()
    course.live = False
    course.save()

    assert not [address for address in addresses() if "flour" in address]


def test_the_sitemap_costs_the_same_however_long_it_is(north, django_assert_max_num_queries):
    for number in range(6):
        catalog_factory.whole_course(f"Course {number}")
    addresses()

    with django_assert_max_num_queries(3):
        assert len(addresses()) == 15


def test_llms_txt_tells_what_there_is(north):
    catalog_factory.whole_course()
    catalog_factory.event()

    text = get("/llms.txt").content.decode()

    assert "# Northlight School of Baking" in text
    assert "- [Sourdough](http://north.localhost:8000/courses/sourdough/): Learn Sourdough." in text
    assert "- [Open kitchen](http://north.localhost:8000/events/open-kitchen/): Come to Open kitchen." in text
    assert "http://north.localhost:8000/api/v2/courses/" in text


def test_robots_are_told_where_the_sitemap_is(north):
    assert "Sitemap: http://north.localhost:8000/sitemap.xml" in get("/robots.txt").content.decode()


@pytest.mark.parametrize("path", ["/sitemap.xml", "/llms.txt"])
def test_the_other_academy_is_not_in_it(north, south, path):
    from academies.tenants.context import inside

    with inside("south"):
        catalog_factory.whole_course("Statistics")

    assert "tatistics" not in get(path).content.decode()
    assert "tatistics" in get(path, "south.localhost").content.decode()
