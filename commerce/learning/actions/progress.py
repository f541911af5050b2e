"""Beginning, viewing and watching lessons."""

import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction

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
from commerce.learning.queries import Place


class NotThisWay(errors.Invalid):
    code = "not_this_way"
    message = "This kind of lesson isn't completed this way."


class LessonNotHere(errors.NotFound):
    message = "There is no such lesson in this academy."


def take_place(*, person: User, lesson_id: int, now: datetime) -> Place:
    """Return the place of an enrolled and entitled person in a live lesson. Raises LessonNotHere, NotEnrolled."""
    place = queries.place(person, lesson_id, now)
    if place is None:
        raise LessonNotHere()
    if place.enrolment is None or not place.is_open:
        raise NotEnrolled.of(person, course_of(place.lesson).translation_key)
    return place


def begin(*, enrolment: Enrolment, lesson: LessonPage, now: datetime) -> Progress:
    """Note that somebody has opened a lesson; the first time counts, and the clock of `watch` runs from it."""
    key = lesson.translation_key
    Progress.objects.bulk_create(
        [Progress(enrolment=enrolment, lesson_key=key, started_at=now, updated_at=now)], ignore_conflicts=True
    )
    return Progress.objects.get(enrolment=enrolment, lesson_key=key)


def open_lesson(*, person: User, lesson_id: int, now: datetime) -> None:
    """Note that somebody has opened a lesson, if they are enrolled and entitled; others leave no trace."""
    place = queries.place(person, lesson_id, now)
    if place and place.enrolment and place.is_open and place.progress is None:
        begin(enrolment=place.enrolment, lesson=place.lesson, now=now)


@transaction.atomic
def view(*, enrolment: Enrolment, lesson: LessonPage, now: datetime, known: Progress | None = None) -> Progress:
    """Complete a lesson that is completed by its learner's word. Again: only the course is counted anew.

    known: the progress read before, if any.  Raises NotThisWay for a lesson that is watched or passed. Changes `enrolment` too.
    """
    if lesson.kind.completion != Completion.VIEWED:
        raise NotThisWay()
    if known is not None and known.completed_at is not None and enrolment.status != Enrolment.Status.ACTIVE:
        return known
    locked = completion.lock(enrolment.pk)
    progress = completion.complete_lesson(enrolment=locked, lesson=lesson, now=now, known=known)
    _follow(enrolment, locked)
    return progress


def _follow(enrolment: Enrolment, locked: Enrolment) -> None:
    enrolment.percent, enrolment.status, enrolment.completed_at = locked.percent, locked.status, locked.completed_at


def watch(
    *,
    enrolment: Enrolment,
    lesson: LessonPage,
    ranges: rules.Ranges,
    position_seconds: int | None,
    now: datetime,
    known: Progress | None = None,
    sent_at: datetime | None = None,
) -> Progress:
    """Add what was watched, bounded by the clock, and keep the position; completes the lesson when enough is covered.

    ranges: from `rules.parse`.  position_seconds: None leaves it.  known: the progress read before, if any.
    sent_at: when the player sent it, if it says so; no later than now.  Positions past the end are cut.
    Reports may come twice, late and in any order; nothing is ever lost or lowered. No lock: one UPDATE that only
    succeeds on the row it was computed from, tried again when another report came between.
    Raises NotThisWay for a lesson that isn't watched.
    """
    if lesson.kind.completion != Completion.WATCHED:
        raise NotThisWay()
    while True:
        progress = known or begin(enrolment=enrolment, lesson=lesson, now=now)
        before = progress.ranges, progress.updated_at
        _advance(progress, lesson, ranges, now)
        _move(progress, lesson, position_seconds, at=min(sent_at or now, now))
        if _write_over(progress, *before):
            break
        known = None
    if progress.completed_at is None and rules.covered(progress.ranges) * 100 >= _duration(lesson) * _needed(lesson):
        _complete(enrolment, lesson, progress, now)
    return progress


def watch_all(*, enrolment: Enrolment, lesson: LessonPage, now: datetime, known: Progress | None = None) -> Progress:
    """Add the whole of a film on its learner's word, where no player reports; the clock bounds it as it bounds players.

    Raises NotThisWay for a lesson that isn't watched.
    """
    ranges = [[0, _duration(lesson)]] if lesson.kind.completion == Completion.WATCHED else []
    return watch(enrolment=enrolment, lesson=lesson, ranges=ranges, position_seconds=None, now=now, known=known)


def _advance(progress: Progress, lesson: LessonPage, ranges: rules.Ranges, now: datetime) -> None:
    duration = _duration(lesson)
    most = rules.allowance(started_at=progress.started_at, now=now, duration=duration, needed_percent=_needed(lesson))
    progress.ranges = rules.merge(progress.ranges, ranges, duration=duration, most=most)
    progress.percent = max(progress.percent, rules.percent(rules.covered(progress.ranges), duration))
    progress.updated_at = max(now, progress.updated_at)


def _move(progress: Progress, lesson: LessonPage, position: int | None, at: datetime) -> None:
    """Move the position to where the newest report says: one that was sent earlier and comes late moves nothing."""
    if position is not None and (progress.position_at is None or at >= progress.position_at):
        progress.position_seconds, progress.position_at = min(position, _duration(lesson)), at


# In SQL, because players send this every few seconds, and composing it took three times as long as running it.
_WRITE_OVER = """
UPDATE learning_progress
SET ranges = %s::jsonb, percent = %s, position_seconds = %s, position_at = %s, updated_at = %s
WHERE id = %s AND ranges = %s::jsonb AND updated_at = %s
"""


def _write_over(progress: Progress, ranges: rules.Ranges, updated_at: datetime) -> bool:
    """Write what was reached, if the row is still as it was read. Returns whether it was."""
    where: list[Any] = [progress.position_seconds, progress.position_at]
    reached: list[Any] = [json.dumps(progress.ranges), progress.percent, *where, progress.updated_at]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_OVER, [*reached, progress.pk, json.dumps(ranges), updated_at])
        return cursor.rowcount == 1


@transaction.atomic
def _complete(enrolment: Enrolment, lesson: LessonPage, progress: Progress, now: datetime) -> None:
    locked = completion.lock(enrolment.pk)
    completion.complete_lesson(enrolment=locked, lesson=lesson, now=now, known=progress, percent=progress.percent)
    _follow(enrolment, locked)


def _duration(lesson: LessonPage) -> int:
    return int(lesson.activity.raw_data[0]["value"]["duration_seconds"])


def _needed(lesson: LessonPage) -> int:
    return int(lesson.activity.raw_data[0]["value"]["must_watch_percent"])
