"""/api/v2/ parameters: each is applied or refused with a reason."""

import pytest
from django.test import Client

from academies.outbox.actions import drain
from academies.tenants.context import inside
from catalog.courses.models import Instructor
from catalog.events.models import Venue
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db

PUBLIC = ("pages", "images", "documents", "redirects", "courses", "events", "instructors", "categories", "venues", "plans",
          "offerings")  # fmt: skip
NONSENSE = (
    "fields=zzz", "fields=parent(", "fields=-nope", "fields=title(x)", "order=zzz", "order=-random", "order=",
    "search=", "search=%22", "search=%27%20or", "search=a&order=title", "search_operator=zzz&search=a", "search=%F0%9F%98%80",
    "limit=-1", "limit=abc", "limit=51", "limit=99999999999999999999", "offset=-1", "offset=99999999999999999999",
    "locale=xx", "locale=", "translation_of=abc", "translation_of=999999999999999999999", "child_of=-5", "child_of=99999",
    "descendant_of=abc", "ancestor_of=999999999999999999999", "type=people.User", "type=zzz", "site=zzz", "id=abc", "slug=%00",
    "tags=a", "live=maybe", "password=x", "level=zzz", "category=zzz", "limit=1&limit=2", "price__lt=1", "path=0001",
)  # fmt: skip


@pytest.fixture(scope="module")
def module_content(module_db):
    with inside("north"):
        course = catalog_factory.whole_course(category=catalog_factory.category())
        catalog_factory.plan(course)
        Instructor.objects.create(name="Ana Baker", slug="ana", live=True)
        Venue.objects.create(name="The bakery", slug="bakery", live=True)
        drain()


@pytest.fixture
def published_content(module_content, north):
    """One of each thing that the public endpoints list."""


def get(path):
    return Client(headers={"host": "north.localhost"}, raise_request_exception=False).get(f"/api/v2/{path}")


@pytest.mark.parametrize("name", PUBLIC)
def test_no_parameter_breaks_a_list(published_content, name):
    responses = {query: get(f"{name}/?{query}") for query in NONSENSE}

    assert {
        query: response.status_code
        for query, response in responses.items()
        if response.status_code not in (200, 400, 404)
    } == {}
    for query, response in responses.items():
        assert response.status_code == 200 or response["Content-Type"] == "application/problem+json", query


@pytest.mark.parametrize(
    ("name", "word", "expected"),
    [("instructors", "baker", "Ana Baker"), ("venues", "bakery", "The bakery"), ("categories", "bread", "Bread"),
     ("plans", "sourdough", "Sourdough"), ("courses", "sourdough", "Sourdough")],
)  # fmt: skip
def test_what_can_be_searched_is_found_by_its_words(published_content, name, word, expected):
    response = get(f"{name}/?search={word}")

    assert response.status_code == 200
    assert [item["title"] for item in response.json()["items"]] == [expected]
    assert get(f"{name}/?search=nowhere").json()["meta"]["total_count"] == 0


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("value", ["abc", "99999999999999999999", "-1", "%00"])
def test_what_is_no_number_finds_nothing(published_content, name, value):
    assert get(f"{name}/find/?id={value}").status_code == 400


def test_a_language_the_academy_does_not_have_is_named(published_content):
    response = get("pages/?locale=xx")

    assert response.status_code == 400
    assert "locale" in response.json()["fields"]
    assert get("pages/?locale=en").status_code == 200
