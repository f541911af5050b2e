"""Canonical URLs: one for each page."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from catalog.courses import queries
from tests.fixtures import catalog_factory


def _canonical(path: str) -> str:
    page = Client().get(path, headers={"host": "north.localhost"}).content.decode()
    return BeautifulSoup(page, "html.parser").find("link", rel="canonical")["href"].split("localhost", 1)[1]


@pytest.fixture
def two_course_pages(north, monkeypatch):
    monkeypatch.setattr(queries, "PER_PAGE", 1)
    catalog_factory.course("Rye")
    catalog_factory.course("Wheat")


@pytest.mark.parametrize(
    ("shown", "address"),
    [
        ("/courses/", "/courses/"),
        ("/courses/?page=1", "/courses/"),
        ("/courses/?page=2", "/courses/?page=2"),
        ("/courses/?q=&page=2", "/courses/?page=2"),
        ("/courses/?page=2&level=beginner", "/courses/"),
        ("/courses/rye/?utm_source=letter", "/courses/rye/"),
    ],
)
def test_a_further_page_of_a_list_is_itself_and_a_narrowed_list_is_the_list(two_course_pages, shown, address):
    assert _canonical(shown).removeprefix(":8000") == address
