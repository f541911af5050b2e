"""Pictures in pages: readers never wait for renditions, editors see them at once."""

import re

import pytest
from django.test import Client

from academies.outbox.actions import drain
from academies.tenants.context import inside
from catalog.courses.models import CourseInstructor, CoursePage, Instructor
from catalog.library.models import Rendition
from home.pages.models import HomePage
from tests.fixtures import catalog_factory


@pytest.fixture
def pages_with_pictures(north):
    """A home page, a course and its teacher, each with a picture that no worker has met yet."""
    home = HomePage.objects.get()
    home.picture = catalog_factory.picture("Shop")
    oven = catalog_factory.picture("Oven")
    oven.contextual_alt_text, oven.decorative = "An oven", False
    home.body = [("picture", {"picture": oven})]
    home.save_revision().publish()
    teacher = Instructor.objects.create(name="Ana", slug="ana", portrait=catalog_factory.picture("Ana"))
    course = catalog_factory.whole_course(cover=catalog_factory.picture("Loaf"))
    CourseInstructor.objects.create(course=course, instructor=teacher)
    catalog_factory.event(cover=catalog_factory.picture("Table"))
    return course


@pytest.mark.parametrize("path", ["/", "/courses/", "/courses/sourdough/", "/events/open-kitchen/"])
def test_reading_a_page_makes_no_picture(pages_with_pictures, path):
    reader = Client(headers={"host": "north.localhost"})

    before = reader.get(path).content.decode()
    with inside("north"):
        made_by_reading = Rendition.objects.count()
        drain()
    after = reader.get(path).content.decode()

    assert made_by_reading == 0
    assert re.search(r'<svg class="[a-z ]+waiting" viewBox="0 0 \d+ \d+" role="presentation">', before)
    assert "<img" not in before
    assert "srcset=" in after
    assert "1200x630" in after or path == "/courses/"


def test_a_preview_shows_the_picture_that_was_just_chosen(pages_with_pictures, editor):
    page = CoursePage.objects.get(pk=pages_with_pictures.pk)
    request = page.make_preview_request(None, "")

    assert "srcset=" in request.content.decode()
