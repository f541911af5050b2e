"""Page routing: a fixed number of queries at any depth."""

import pytest
from django.http import Http404
from django.test import RequestFactory

from catalog.courses.models import CoursePage, LessonPage, SectionPage
from home.pages.models import HomePage
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(north):
    catalog_factory.whole_course(category=catalog_factory.category())
    return HomePage.objects.get()


def route(home, *parts):
    return home.route(RequestFactory().get("/"), list(parts)).page


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        (["courses", "sourdough"], CoursePage),
        (["courses", "sourdough", "begin"], SectionPage),
        (["courses", "sourdough", "begin", "flour"], LessonPage),
    ],
)
def test_a_page_is_found_in_two_queries(home, parts, kind, django_assert_num_queries):
    with django_assert_num_queries(2):
        result = route(home, *parts)

    assert type(result) is kind


def test_what_its_page_shows_comes_with_it(home, django_assert_num_queries):
    result = route(home, "courses", "sourdough")

    with django_assert_num_queries(0):
        assert result.category.name == "Bread"
        assert result.locale.language_code == "en"


@pytest.mark.parametrize("parts", [["nothing"], ["courses", "nothing"], ["courses", "sourdough", "begin", "x", "y"]])
def test_no_page_is_no_page(home, parts):
    with pytest.raises(Http404):
        route(home, *parts)


def test_a_draft_is_no_page(home):
    CoursePage.objects.get().unpublish()

    with pytest.raises(Http404):
        route(home, "courses", "sourdough")


def test_the_home_page_is_its_own_canonical(home):
    assert route(home) == home
