"""Course outline: order, content and a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, isolate_apps
from wagtail.models import PAGE_MODEL_CLASSES

from catalog.courses import queries
from catalog.courses.models import CoursePage
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db


def test_lessons_come_in_the_editors_order_with_their_kinds(north):
    course = catalog_factory.whole_course()

    outline = queries.outline(course)

    assert [(section.title, [lesson.title for lesson in section.lessons]) for section in outline.sections] == [
        ("Begin", ["Flour", "Water"]),
        ("Go on", ["Quiz"]),
    ]
    assert [lesson.kind.name for lesson in outline.lessons] == ["text", "text", "quiz"]
    assert [lesson.completion for lesson in outline.lessons] == ["viewed", "viewed", "passed"]
    assert [lesson.free_preview for lesson in outline.lessons] == [True, False, False]
    assert (outline.lesson_count, outline.minutes, outline.sections[0].minutes) == (3, 30, 15)


def test_a_lesson_knows_its_address_and_its_key(north):
    course = catalog_factory.whole_course()

    first = queries.outline(course).lessons[0]

    assert first.url == "/courses/sourdough/begin/flour/"
    assert first.key == course.get_descendants().get(slug="flour").translation_key


def test_drafts_are_not_in_it(north):
    course = catalog_factory.whole_course()
    course.get_descendants().get(slug="water").specific.unpublish()
    course.get_descendants().get(slug="go-on").specific.unpublish()

    outline = queries.outline(course)

    assert [lesson.slug for lesson in outline.lessons] == ["flour"]


def test_thirty_lessons_cost_what_three_do(north):
    short = catalog_factory.whole_course("Short")
    long = catalog_factory.whole_course("Long")
    part = catalog_factory.section(long, "More")
    for number in range(30):
        catalog_factory.lesson(part, f"Lesson {number}")
    queries.outline(short)

    counted = []
    for course in (short, long):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            queries.outline(course)
        counted.append(len(captured))

    assert counted == [2, 2]


def test_sums_of_many_courses_are_one_query(north, django_assert_num_queries):
    course, other, empty = (
        catalog_factory.whole_course("One"),
        catalog_factory.whole_course("Other"),
        catalog_factory.course("Empty"),
    )

    with django_assert_num_queries(1):
        sums = queries.totals([course.path, other.path, empty.path])

    assert sums == {course.path: (3, 30), other.path: (3, 30)}


def test_a_subclass_of_a_course_page_has_the_context_of_a_course(north, rf):
    course = catalog_factory.whole_course()
    with isolate_apps("catalog.courses"):

        class Masterclass(CoursePage):
            class Meta:
                proxy = True
                app_label = "courses"

    PAGE_MODEL_CLASSES.remove(Masterclass)
    page = Masterclass.objects.get(pk=course.pk)

    context = page.get_context(rf.get("/"))

    assert (context["course"], context["outline"]) == (page, queries.outline(course))
