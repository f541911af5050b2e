"""The learners affected when lessons are removed from a course, for the warning shown to editors."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from wagtail.models import Page

from catalog.courses.models import CoursePage, LessonPage, SectionPage


@dataclass(frozen=True)
class AffectedCourse:
    """in_progress: active learners of the course.  missing: those who must, but did not, complete one of the lessons."""

    course_title: str
    in_progress: int
    missing: int


def course_path(page: Page) -> str:
    """Return the path of the course that a page is or belongs to; empty for other types of pages."""
    levels = {CoursePage: 0, SectionPage: 1, LessonPage: 2}.get(page.specific_class)
    return "" if levels is None else page.path[: len(page.path) - levels * Page.steplen]


def affected_courses(pages: Iterable[Page]) -> list[AffectedCourse]:
    """Return the learners affected when pages are removed from their courses; courses without active learners are left out."""
    affected = []
    for page in pages:
        course = CoursePage.objects.filter(path=course_path(page)).first()
        lessons = LessonPage.objects.filter(path__startswith=page.path).values_list("translation_key", flat=True)
        if course is not None:
            affected.append(_count_learners(course, list(lessons)))
    return [course for course in affected if course.in_progress]


_COUNT_LEARNERS = """
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


def _count_learners(course: CoursePage, lessons: list[object]) -> AffectedCourse:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_LEARNERS, {"course": course.translation_key, "lessons": lessons})
        in_progress, missing = cursor.fetchone()
    return AffectedCourse(course.title, in_progress, missing)
