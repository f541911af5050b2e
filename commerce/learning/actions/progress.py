"""Opening, viewing and watching lessons."""

import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from academies.kernel import errors
from academies.people.models import User
from catalog.activities.registry import Completion
from catalog.courses.models import LessonPage
from catalog.courses.models.lesson import course_of
from commerce.enrolments.actions import NotEnrolled
from commerce.enrolments.models import Enrolment
from commerce.learning import queries, rules
from commerce.learning.actions import completion
from commerce.learning.models import Progress
from commerce.learning.queries import LessonAccess


class WrongLessonKind(errors.Invalid):
    code = "not_this_way"
    message = gettext_lazy("Lessons of this kind are not completed this way.")


class LessonNotFound(errors.NotFound):
    message = gettext_lazy("There is no such lesson in this academy.")


def require_lesson_access(*, person: User, lesson_id: int, now: datetime) -> LessonAccess:
    """Return the access of an enrolled and entitled person to a live lesson. Raises LessonNotFound, NotEnrolled."""
    access = queries.lesson_access_of(person, lesson_id, now)
    if access is None:
        raise LessonNotFound()
    if access.enrolment is None or not access.is_open:
        raise NotEnrolled.of(person, course_of(access.lesson).translation_key)
    return access


def start_lesson(*, enrolment: Enrolment, lesson: LessonPage, now: datetime) -> Progress:
    """Return the progress in a lesson, created if it is the first time; watched time is limited by `started_at`."""
    key = lesson.translation_key
    Progress.objects.bulk_create(
        [Progress(enrolment=enrolment, lesson_key=key, started_at=now, updated_at=now)], ignore_conflicts=True
    )
    return Progress.objects.get(enrolment=enrolment, lesson_key=key)


def open_lesson(*, person: User, lesson_id: int, now: datetime) -> None:
    """Start a lesson that an enrolled and entitled person opens; does nothing for others."""
    access = queries.lesson_access_of(person, lesson_id, now)
    if access and access.enrolment and access.is_open and access.progress is None:
        start_lesson(enrolment=access.enrolment, lesson=access.lesson, now=now)


@transaction.atomic
def mark_viewed(*, enrolment: Enrolment, lesson: LessonPage, now: datetime, known: Progress | None = None) -> Progress:
    """Complete a lesson because its learner says so. Completed already: only updates the course.

    known: the stored progress, if it was read before.  Changes `enrolment` too.
    Raises WrongLessonKind for a lesson that is watched or passed.
    """
    if lesson.kind.completion != Completion.VIEWED:
        raise WrongLessonKind()
    if known is not None and known.completed_at is not None and enrolment.status != Enrolment.Status.ACTIVE:
        return known
    locked = completion.lock_enrolment(enrolment.pk)
    progress = completion.complete_lesson(enrolment=locked, lesson=lesson, now=now, known=known)
    _copy_status(locked, to=enrolment)
    return progress


def _copy_status(enrolment: Enrolment, *, to: Enrolment) -> None:
    to.percent, to.status, to.completed_at = enrolment.percent, enrolment.status, enrolment.completed_at


def record_watched(
    *,
    enrolment: Enrolment,
    lesson: LessonPage,
    ranges: rules.Ranges,
    position_seconds: int | None,
    now: datetime,
    known: Progress | None = None,
    sent_at: datetime | None = None,
) -> Progress:
    """Add watched ranges, as far as the clock allows, and store the position; completes the lesson if enough is covered.

    ranges: from `rules.parse_ranges`.  position_seconds: None keeps the stored one; cut at the end of the lesson.
    known: the stored progress, if it was read before.  sent_at: when the player sent the report, if it says so.
    Reports may arrive twice, late and in any order. No lock: the UPDATE only succeeds if the row is as it was read, and is
    tried again if another report was faster.  Raises WrongLessonKind for a lesson that isn't watched.
    """
    if lesson.kind.completion != Completion.WATCHED:
        raise WrongLessonKind()
    while True:
        progress = known or start_lesson(enrolment=enrolment, lesson=lesson, now=now)
        before = progress.ranges, progress.updated_at
        _add_ranges(progress, lesson, ranges, now)
        _move_position(progress, lesson, position_seconds, at=min(sent_at or now, now))
        if _update_if_unchanged(progress, *before):
            break
        known = None
    if progress.completed_at is None and _is_enough_watched(progress, lesson):
        _complete(enrolment, lesson, progress, now)
    return progress


def record_all_watched(
    *, enrolment: Enrolment, lesson: LessonPage, now: datetime, known: Progress | None = None
) -> Progress:
    """Add the whole of a lesson because its learner says so, without a player; the clock limits it as it limits players.

    Raises WrongLessonKind for a lesson that isn't watched.
    """
    ranges = [[0, _duration(lesson)]] if lesson.kind.completion == Completion.WATCHED else []
    return record_watched(
        enrolment=enrolment, lesson=lesson, ranges=ranges, position_seconds=None, now=now, known=known
    )


def _add_ranges(progress: Progress, lesson: LessonPage, ranges: rules.Ranges, now: datetime) -> None:
    duration = _duration(lesson)
    most = rules.max_watched_seconds(
        started_at=progress.started_at, now=now, duration=duration, needed_percent=_needed_percent(lesson)
    )
    progress.ranges = rules.merge_ranges(progress.ranges, ranges, duration=duration, most=most)
    progress.percent = max(progress.percent, rules.percent(rules.covered_seconds(progress.ranges), duration))
    progress.updated_at = max(now, progress.updated_at)


def _move_position(progress: Progress, lesson: LessonPage, position: int | None, at: datetime) -> None:
    """Set the position, unless it is from an older report than the stored one."""
    if position is not None and (progress.position_at is None or at >= progress.position_at):
        progress.position_seconds, progress.position_at = min(position, _duration(lesson)), at


# SQL, because players report every few seconds, and composing the query took three times as long as running it.
_UPDATE = """
UPDATE learning_progress
SET ranges = %s::jsonb, percent = %s, position_seconds = %s, position_at = %s, updated_at = %s
WHERE id = %s AND ranges = %s::jsonb AND updated_at = %s
"""


def _update_if_unchanged(progress: Progress, ranges: rules.Ranges, updated_at: datetime) -> bool:
    """Store the progress if the row still has these ranges and this time. Returns whether it had."""
    position: list[Any] = [progress.position_seconds, progress.position_at]
    values: list[Any] = [json.dumps(progress.ranges), progress.percent, *position, progress.updated_at]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [*values, progress.pk, json.dumps(ranges), updated_at])
        return cursor.rowcount == 1


def _is_enough_watched(progress: Progress, lesson: LessonPage) -> bool:
    return rules.covered_seconds(progress.ranges) * 100 >= _duration(lesson) * _needed_percent(lesson)


@transaction.atomic
def _complete(enrolment: Enrolment, lesson: LessonPage, progress: Progress, now: datetime) -> None:
    locked = completion.lock_enrolment(enrolment.pk)
    completion.complete_lesson(enrolment=locked, lesson=lesson, now=now, known=progress, percent=progress.percent)
    _copy_status(locked, to=enrolment)


def _duration(lesson: LessonPage) -> int:
    return int(lesson.activity.raw_data[0]["value"]["duration_seconds"])


def _needed_percent(lesson: LessonPage) -> int:
    return int(lesson.activity.raw_data[0]["value"]["must_watch_percent"])
