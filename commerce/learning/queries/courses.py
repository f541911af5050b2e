"""How a course stands: its live lessons, what of them is complete, and where a learner goes on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Left, Length
from wagtail.models import Page

from catalog.activities.registry import Completion, kinds
from catalog.courses.models import CoursePage, LessonPage
from commerce.enrolments.models import Enrolment
from commerce.learning.models import Progress

_STEP = Page.steplen


def _above(path: Any, levels: int) -> Func:
    """Return the path of the page so many levels above."""
    return Left(path, Length(path) - levels * _STEP)


def path_above(path: str, levels: int) -> str:
    return path[: -levels * _STEP]


def course_path(lesson: Page) -> str:
    return path_above(lesson.path, 2)


def course_at(path: str) -> CoursePage | None:
    return CoursePage.objects.filter(path=path).first()


def under_way(course_key: UUID) -> QuerySet[Enrolment]:
    """Return the enrolments in a course with something done and something left."""
    done = Progress.objects.filter(enrolment=OuterRef("pk"), completed_at__isnull=False)
    return Enrolment.objects.filter(Exists(done), course_key=course_key, status=Enrolment.Status.ACTIVE)


def is_under_way(course_key: UUID) -> bool:
    return under_way(course_key).exists()


def lesson_of_key(key: UUID) -> LessonPage | None:
    """Return the lesson of a translation key: a live one before the others, the oldest of its languages."""
    return LessonPage.objects.filter(translation_key=key).order_by("-live", "pk").first()


def lessons_under(*paths: str) -> QuerySet[LessonPage]:
    """Return the lessons that the outlines of courses show: live, in a live section."""
    hidden = Page.objects.filter(path=_above(OuterRef("path"), 1), live=False)
    below = reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk__in=[]))
    return LessonPage.objects.live().filter(below, ~Exists(hidden))


@dataclass(frozen=True)
class Standing:
    """How far an enrolment is in the course as it is published now: (complete, all) lessons and quizzes."""

    rule: str
    needed_percent: int
    lessons: tuple[int, int]
    quizzes: tuple[int, int]


def standing(enrolment: Enrolment, path: str) -> Standing | None:
    """Count the live lessons of the course at a path, and the complete ones, in one query. None: no course is there.

    In SQL, because it runs at every lesson completed and composing it took three times as long as counting.
    """
    passed = [kind.name for kind in kinds().values() if kind.completion == Completion.PASSED]
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"enrolment": enrolment.pk, "path": path, "below": f"{path}%", "passed": passed})
        row = cursor.fetchone()
    if row is None:
        return None
    rule, needed_percent, lessons, done, quizzes, quizzes_done = row
    return Standing(rule, needed_percent, lessons=(done, lessons), quizzes=(quizzes_done, quizzes))


# The lessons of lessons_under. Kinds are looked at only where the rule asks for them: they stand in the lesson's text.
_STANDING = f"""
SELECT completion_rule, completion_percent,
       count(lesson.key), count(progress.id),
       count(lesson.key) FILTER (WHERE is_passed), count(progress.id) FILTER (WHERE is_passed)
FROM courses_coursepage course
JOIN wagtailcore_page top ON top.id = course.page_ptr_id AND top.path = %(path)s
LEFT JOIN LATERAL (
    SELECT page.translation_key AS key,
           CASE WHEN completion_rule = 'quizzes' THEN activity #>> '{{0,type}}' = ANY(%(passed)s) END AS is_passed
    FROM courses_lessonpage
    JOIN wagtailcore_page page ON page.id = page_ptr_id
    JOIN wagtailcore_page section ON section.path = left(page.path, -{_STEP})
    WHERE page.path LIKE %(below)s AND page.live AND section.live
) lesson ON true
LEFT JOIN learning_progress progress
       ON progress.enrolment_id = %(enrolment)s AND progress.lesson_key = lesson.key AND completed_at IS NOT NULL
GROUP BY course.page_ptr_id
"""


def progress_by_lesson(enrolment: Enrolment, keys: Iterable[UUID] | None = None) -> dict[UUID, Progress]:
    found = Progress.objects.filter(enrolment=enrolment).defer("ranges")
    if keys is not None:
        found = found.filter(lesson_key__in=list(keys))
    return {progress.lesson_key: progress for progress in found}


def pages_of(keys: Iterable[UUID]) -> dict[UUID, int]:
    """Return the lesson pages of translation keys, in one query; live ones win over others, older ones over newer."""
    rows = LessonPage.objects.filter(translation_key__in=list(keys)).order_by("live", "-pk")
    return dict(rows.values_list("translation_key", "pk"))


def progress_by_page(enrolment: Enrolment) -> dict[int, Progress]:
    """Return what was begun, by the id of the lesson's page. Two queries."""
    begun = progress_by_lesson(enrolment)
    pages = pages_of(begun)
    return {pages[key]: progress for key, progress in begun.items() if key in pages}


@dataclass(frozen=True)
class Next:
    """Where a learner goes on in a course."""

    title: str
    url: str
    touched_at: datetime | None


def next_lessons(enrolments: Iterable[Enrolment]) -> dict[UUID, Next]:
    """Return where each enrolment goes on, by its id: the open lesson touched last, else the first open one.

    Courses must be loaded with the enrolments; those without a published one, or with nothing left to do, are missing.
    Two queries.
    """
    courses = {
        enrolment.course.path: enrolment for enrolment in enrolments if enrolment.course and enrolment.course.live
    }
    begun = {
        (progress.enrolment_id, progress.lesson_key): progress
        for progress in Progress.objects.filter(enrolment__in=list(courses.values())).defer("ranges")
    }
    found: dict[UUID, Next] = {}
    lessons = lessons_under(*courses).order_by("path").values_list("path", "url_path", "title", "translation_key")
    for path, url_path, title, key in lessons:
        enrolment = courses[path[: -2 * _STEP]]
        progress = begun.get((enrolment.pk, key))
        touched_at = progress.updated_at if progress else None
        if (progress and progress.completed_at) or not _is_nearer(touched_at, found.get(enrolment.pk)):
            continue
        course = enrolment.course
        address = (course.get_url() or "") + url_path[len(course.url_path) :] if course else ""
        found[enrolment.pk] = Next(title, address, touched_at)
    return found


def _is_nearer(touched_at: datetime | None, best: Next | None) -> bool:
    if best is None:
        return True
    return touched_at is not None and (best.touched_at is None or touched_at > best.touched_at)
