"""Somebody's place in a lesson: what every report of a player asks first."""

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
class Place:
    """Somebody's place in a lesson.

    enrolment: active or completed, or None.  is_open: whether a live entitlement opens the course.  progress: None
    before they began.
    """

    lesson: LessonPage
    enrolment: Enrolment | None
    is_open: bool
    progress: Progress | None


def place(person: User, lesson_id: int, now: datetime) -> Place | None:
    """Return a person's place in a lesson, or None when it, its section or its course isn't live. One query.

    Written in SQL: players ask this every few seconds, and composing the query took longer than answering it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, {"person": person.pk, "lesson": lesson_id, "now": now})
        row = cursor.fetchone()
    if row is None:
        return None
    lesson, enrolment, progress = (_loaded(part, row) for part in (_LESSON, _ENROLMENT, _PROGRESS))
    return Place(
        lesson=lesson,
        enrolment=enrolment if enrolment.pk else None,
        is_open=row[-1],
        progress=progress if progress.pk else None,
    )


@dataclass(frozen=True)
class _Part:
    """The columns of a row that make one object, from `start` on, in the order of the model's fields."""

    model: type[Model]
    fields: list[Any]
    start: int


def _part(model: type[Model], start: int, *names: str) -> _Part:
    fields = [field for field in model._meta.concrete_fields if not names or field.attname in names]
    return _Part(model, fields, start)


_SHOWN = (
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
_LESSON = _part(LessonPage, 0, *_SHOWN)
_ENROLMENT = _part(Enrolment, len(_LESSON.fields))
_PROGRESS = _part(Progress, _ENROLMENT.start + len(_ENROLMENT.fields))


def _loaded(part: _Part, row: Sequence[Any]) -> Any:
    """Make an object as the ORM does; what wasn't asked for is deferred."""
    values = [
        field.from_db_value(value, None, connection) if value is not None and hasattr(field, "from_db_value") else value
        for field, value in zip(part.fields, row[part.start :], strict=False)
    ]
    return part.model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in part.fields], values)


def _columns() -> str:
    lesson = [f"{'page' if field.model is Page else 'lesson'}.{field.column}" for field in _LESSON.fields]
    enrolment = [f"enrolment.{field.column}" for field in _ENROLMENT.fields]
    return ", ".join([*lesson, *enrolment, *(f"progress.{field.column}" for field in _PROGRESS.fields)])


_PLACE = f"""
SELECT {_columns()}, EXISTS (
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
