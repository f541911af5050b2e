"""Whom it touches when lessons leave a course: what an editor is told before unpublishing, deleting or moving them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from wagtail.models import Page

from catalog.courses.models import CoursePage, LessonPage, SectionPage


@dataclass(frozen=True)
class Touched:
    """under_way: the active in the course.  missing: those of them asked for one of the lessons who haven't done it."""

    course_title: str
    under_way: int
    missing: int


def course_path(page: Page) -> str:
    """Return the path of the course that a page is or is part of; an empty one for pages of other kinds."""
    levels = {CoursePage: 0, SectionPage: 1, LessonPage: 2}.get(page.specific_class)
    return "" if levels is None else page.path[: len(page.path) - levels * Page.steplen]


def touched_by(pages: Iterable[Page]) -> list[Touched]:
    """Return whom it touches when pages leave their courses, a course each; courses nobody is in are left out."""
    touched = []
    for page in pages:
        course = CoursePage.objects.filter(path=course_path(page)).first()
        lessons = LessonPage.objects.filter(path__startswith=page.path).values_list("translation_key", flat=True)
        if course is not None:
            touched.append(_counted(course, list(lessons)))
    return [one for one in touched if one.under_way]


_TOUCHED = """
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM unnest(requirements.lesson_keys) AS key
    WHERE key = ANY(%(lessons)s::uuid[]) AND NOT EXISTS (
        SELECT FROM learning_progress
        WHERE enrolment_id = enrolment.id AND lesson_key = key AND completed_at IS NOT NULL
    )
))
FROM enrolments_enrolment enrolment
LEFT JOIN enrolments_requirementset requirements ON requirements.id = enrolment.requirement_set_id
WHERE enrolment.course_key = %(course)s AND enrolment.status = 'active'
"""


def _counted(course: CoursePage, lessons: list[object]) -> Touched:
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, {"course": course.translation_key, "lessons": lessons})
        under_way, missing = cursor.fetchone()
    return Touched(course.title, under_way, missing)
