"""The live lessons of a course, how many of them are complete, and where a learner continues."""

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


def _ancestor_path(path: Any, levels: int) -> Func:
    """Return the path of the page a number of levels above."""
    return Left(path, Length(path) - levels * _STEP)


def lesson_by_key(key: UUID) -> LessonPage | None:
    """Return the lesson with a translation key: a live one first, of several languages the one created first."""
    return LessonPage.objects.filter(translation_key=key).order_by("-live", "pk").first()


def lessons_under(*paths: str) -> QuerySet[LessonPage]:
    """Return the lessons in the outlines of courses: live, in a live section.  paths: of the course pages."""
    hidden = Page.objects.filter(path=_ancestor_path(OuterRef("path"), 1), live=False)
    below = reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk__in=[]))
    return LessonPage.objects.live().filter(below, ~Exists(hidden))


@dataclass(frozen=True)
class CourseProgress:
    """The progress of an enrolment in what its course requires: (complete, all) lessons and quizzes.

    terms: the completion rule and its percentage at enrolment, and those of today.
    """

    terms: tuple[tuple[str, int], tuple[str, int]]
    lessons: tuple[int, int]
    quizzes: tuple[int, int]


def course_progress(enrolment: Enrolment) -> CourseProgress | None:
    """Count the required and the completed lessons of an enrolment, in one query. None if nothing is required.

    SQL, because it runs whenever a lesson is completed, and composing the query took three times as long as running it.
    """
    passed = [kind.name for kind in kinds().values() if kind.completion == Completion.PASSED]
    params = {"enrolment": enrolment.pk, "requirements": enrolment.requirement_set_id, "passed": passed}
    with connection.cursor() as cursor:
        cursor.execute(_COURSE_PROGRESS, params)
        row = cursor.fetchone()
    if row is None:
        return None
    *terms, lessons, done, quizzes, quizzes_done = row
    return CourseProgress(
        (tuple(terms[:2]), tuple(terms[2:])), lessons=(done, lessons), quizzes=(quizzes_done, quizzes)
    )


# Lessons required at enrolment stay required, even if their page was unpublished, deleted or moved since.
_COURSE_PROGRESS = f"""
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
    rows = Progress.objects.filter(enrolment=enrolment).defer("ranges")
    if keys is not None:
        rows = rows.filter(lesson_key__in=list(keys))
    return {progress.lesson_key: progress for progress in rows}


def lesson_page_ids(keys: Iterable[UUID]) -> dict[UUID, int]:
    """Return the ids of the lesson pages with translation keys, in one query; live pages first, then older ones."""
    rows = LessonPage.objects.filter(translation_key__in=list(keys)).order_by("live", "-pk")
    return dict(rows.values_list("translation_key", "pk"))


def progress_by_page(enrolment: Enrolment) -> dict[int, Progress]:
    """Return the progress in each started lesson, by the id of its page. Two queries."""
    by_lesson = progress_by_lesson(enrolment)
    page_ids = lesson_page_ids(by_lesson)
    return {page_ids[key]: progress for key, progress in by_lesson.items() if key in page_ids}


@dataclass(frozen=True)
class NextLesson:
    """Where a learner continues in a course.  opened_at: when they last had this lesson open, if ever."""

    title: str
    url: str
    opened_at: datetime | None


def next_lessons(enrolments: Iterable[Enrolment]) -> dict[UUID, NextLesson]:
    """Return where each enrolment continues, by its id: the incomplete lesson opened last, else the first incomplete one.

    Read the enrolments with their courses. Enrolments without a live course or an incomplete lesson are left out.
    Two queries.
    """
    by_path = {
        enrolment.course.path: enrolment for enrolment in enrolments if enrolment.course and enrolment.course.live
    }
    started = {
        (progress.enrolment_id, progress.lesson_key): progress
        for progress in Progress.objects.filter(enrolment__in=list(by_path.values())).defer("ranges")
    }
    next_by_enrolment: dict[UUID, NextLesson] = {}
    lessons = lessons_under(*by_path).order_by("path").values_list("path", "url_path", "title", "translation_key")
    for path, url_path, title, key in lessons:
        enrolment = by_path[path[: -2 * _STEP]]
        progress = started.get((enrolment.pk, key))
        opened_at = progress.updated_at if progress else None
        if (progress and progress.completed_at) or not _is_better(opened_at, next_by_enrolment.get(enrolment.pk)):
            continue
        course = enrolment.course
        url = (course.get_url() or "") + url_path[len(course.url_path) :] if course else ""
        next_by_enrolment[enrolment.pk] = NextLesson(title, url, opened_at)
    return next_by_enrolment


def _is_better(opened_at: datetime | None, best: NextLesson | None) -> bool:
    if best is None:
        return True
    return opened_at is not None and (best.opened_at is None or opened_at > best.opened_at)
