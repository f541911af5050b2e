"""A course with a text, a video and a quiz, and a learner's enrolment in it."""

import pytest

from academies.tenants.context import inside
from catalog.courses.models import CoursePage
from tests.fixtures import lesson_factory
from tests.fixtures.lesson_factory import TEXT, VIDEO


@pytest.fixture(scope="module")
def module_page(module_db):
    with inside("north"):
        course = lesson_factory.course(lessons=[TEXT, VIDEO, lesson_factory.quiz(), TEXT], sections=2)
        first = lesson_factory.lessons_of(course)[0]
        first.free_preview = True
        first.save()
        return course.pk


@pytest.fixture
def page(module_page, north):
    return CoursePage.objects.get(pk=module_page)


@pytest.fixture
def lessons(page):
    return lesson_factory.lessons_of(page)


@pytest.fixture
def enrolment(learner, page):
    return lesson_factory.enrolled(learner, page)
