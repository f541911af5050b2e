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
from catalog.courses.models import LessonPage
from commerce.enrolments.models import Enrolment
from commerce.learning.models import Progress

_STEP = Page.steplen


def _above(path: Any, levels: int) -> Func:
    """Return the path of the page so many levels above."""
    return Left(path, Length(path) - levels * _STEP)


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
    """How far an enrolment is in what it is asked for: (complete, all) lessons and quizzes.

    terms: the rule and its percentage on the day of enrolment, and those of today.
    """

    terms: tuple[tuple[str, int], tuple[str, int]]
    lessons: tuple[int, int]
    quizzes: tuple[int, int]


def standing(enrolment: Enrolment) -> Standing | None:
    """Count the lessons an enrolment is asked for, and the complete ones, in one query. None: nothing to count.

    In SQL, because it runs at every lesson completed and composing it took three times as long as counting.
    """
    passed = [kind.name for kind in kinds().values() if kind.completion == Completion.PASSED]
    asked = {"enrolment": enrolment.pk, "requirements": enrolment.requirement_set_id, "passed": passed}
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, asked)
        row = cursor.fetchone()
    if row is None:
        return None
    *terms, lessons, done, quizzes, quizzes_done = row
    return Standing((tuple(terms[:2]), tuple(terms[2:])), lessons=(done, lessons), quizzes=(quizzes_done, quizzes))


# What was asked on the day of enrolment is asked for good, also where its page was unpublished, deleted or moved away.
_STANDING = f"""
SELECT requirements.rule, requirements.needed_percent, course.completion_rule, course.completion_percent,
       count(*), count(progress.id),
       count(*) FILTER (WHERE is_quiz), count(progress.id) FILTER (WHERE is_quiz)
FROM enrolments_requirementset requirements
JOIN LATERAL (
    SELECT completion_rule, completion_percent, new_lessons_required
    FROM courses_coursepage JOIN wagtailcore_page ON wagtailcore_page.id = page_ptr_id
    WHERE translation_key = requirements.course_key ORDER BY page_ptr_id LIMIT 1
) course ON true
JOIN LATERAL (
    SELECT key, key = ANY(requirements.quiz_keys) AS is_quiz FROM unnest(requirements.lesson_keys) AS key
    UNION
    SELECT page.translation_key, activity #>> '{{0,type}}' = ANY(%(passed)s)
    FROM courses_lessonpage
    JOIN wagtailcore_page page ON page.id = page_ptr_id
    JOIN wagtailcore_page section ON section.path = left(page.path, -{_STEP})
    JOIN wagtailcore_page top ON top.path = left(page.path, -{2 * _STEP})
    WHERE course.new_lessons_required AND top.translation_key = requirements.course_key
      AND page.live AND section.live AND page.translation_key <> ALL(requirements.lesson_keys)
) lesson ON true
LEFT JOIN learning_progress progress
       ON progress.enrolment_id = %(enrolment)s AND progress.lesson_key = lesson.key AND completed_at IS NOT NULL
WHERE requirements.id = %(requirements)s
GROUP BY requirements.id, course.completion_rule, course.completion_percent
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
