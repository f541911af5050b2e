"""A person's access to a lesson: the query that every report of a player starts with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model
from wagtail.models import Page

from academies.people.models import User
from catalog.courses.models import LessonPage
from commerce.enrolments.models import Enrolment
from commerce.learning.models import Progress

_STEP = Page.steplen


@dataclass(frozen=True)
class LessonAccess:
    """A person's access to a live lesson.

    enrolment: active or completed, or None.  is_open: whether a live entitlement includes the course.  progress: None
    if they haven't started the lesson.
    """

    lesson: LessonPage
    enrolment: Enrolment | None
    is_open: bool
    progress: Progress | None


def lesson_access_of(person: User, lesson_id: int, now: datetime) -> LessonAccess | None:
    """Return a person's access to a lesson; None if the lesson, its section or its course isn't live. One query.

    SQL, because players report every few seconds, and composing the query took longer than running it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACCESS, {"person": person.pk, "lesson": lesson_id, "now": now})
        row = cursor.fetchone()
    if row is None:
        return None
    lesson, enrolment, progress = (_instance(part, row) for part in (_LESSON, _ENROLMENT, _PROGRESS))
    return LessonAccess(
        lesson=lesson,
        enrolment=enrolment if enrolment.pk else None,
        is_open=row[-1],
        progress=progress if progress.pk else None,
    )


@dataclass(frozen=True)
class _Columns:
    """The columns of a row that make one model instance: in the order of the model's fields, starting at `start`."""

    model: type[Model]
    fields: list[Any]
    start: int


def _columns_of(model: type[Model], start: int, *names: str) -> _Columns:
    fields = [field for field in model._meta.concrete_fields if not names or field.attname in names]
    return _Columns(model, fields, start)


_LESSON_FIELDS = (
    "id",
    "path",
    "translation_key",
    "title",
    "live_revision_id",
    "page_ptr_id",
    "minutes",
    "free_preview",
    "activity",
)
_LESSON = _columns_of(LessonPage, 0, *_LESSON_FIELDS)
_ENROLMENT = _columns_of(Enrolment, len(_LESSON.fields))
_PROGRESS = _columns_of(Progress, _ENROLMENT.start + len(_ENROLMENT.fields))


def _instance(part: _Columns, row: Sequence[Any]) -> Any:
    """Return a model instance as the ORM makes it; fields that weren't selected are deferred."""
    values = [
        field.from_db_value(value, None, connection) if value is not None and hasattr(field, "from_db_value") else value
        for field, value in zip(part.fields, row[part.start :], strict=False)
    ]
    return part.model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in part.fields], values)


def _select_list() -> str:
    lesson = [f"{'page' if field.model is Page else 'lesson'}.{field.column}" for field in _LESSON.fields]
    enrolment = [f"enrolment.{field.column}" for field in _ENROLMENT.fields]
    return ", ".join([*lesson, *enrolment, *(f"progress.{field.column}" for field in _PROGRESS.fields)])


_ACCESS = f"""
SELECT {_select_list()}, EXISTS (
    SELECT FROM enrolments_entitlement
    WHERE person_id = %(person)s AND (course_key = course.translation_key OR course_key IS NULL)
      AND starts_at <= %(now)s AND (ends_at IS NULL OR ends_at > %(now)s) AND revoked_at IS NULL
)
FROM courses_lessonpage lesson
JOIN wagtailcore_page page ON page.id = lesson.page_ptr_id
JOIN wagtailcore_page section ON section.path = left(page.path, -{_STEP}) AND section.live
JOIN wagtailcore_page course ON course.path = left(page.path, -{2 * _STEP}) AND course.live
LEFT JOIN enrolments_enrolment enrolment
       ON enrolment.course_key = course.translation_key
      AND enrolment.person_id = %(person)s AND enrolment.status IN ('active', 'completed')
LEFT JOIN learning_progress progress
       ON progress.enrolment_id = enrolment.id AND progress.lesson_key = page.translation_key
WHERE lesson.page_ptr_id = %(lesson)s AND page.live
"""
