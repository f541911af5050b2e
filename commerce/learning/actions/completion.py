"""Completing lessons, and the course when its rule is met.

Lock order of the room: the enrolment first, then its attempts and progress. The enrolment's row is what makes two last
lessons, done at one moment, see each other.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from academies.kernel import errors
from academies.outbox import actions as outbox
from academies.outbox import registry
from catalog.courses.models import LessonPage
from commerce.enrolments import actions as enrolments
from commerce.enrolments.models import Enrolment
from commerce.learning import queries, rules
from commerce.learning.facts import CourseCompleted, LessonCompleted
from commerce.learning.models import Progress


class NotFinished(errors.Conflict):
    code = "not_finished"
    message = (
        "This course is not complete yet. A lesson that it asked for when you enrolled is left to do, or has been taken "
        "away: ask the academy."
    )


def lock(enrolment_id: UUID) -> Enrolment:
    """Return an enrolment under the lock of its row; rows that point at it can still be inserted."""
    return Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment_id)


def complete_lesson(
    *, enrolment: Enrolment, lesson: LessonPage, now: datetime, known: Progress | None, **reached: Any
) -> Progress:
    """Mark a lesson complete, once, and count the course anew. Call it under the enrolment's lock.

    known: the progress there is, if any.  reached: other fields to write with it.
    """
    mine = Progress.objects.filter(enrolment=enrolment, lesson_key=lesson.translation_key)
    if known is None:
        known = Progress(enrolment=enrolment, lesson_key=lesson.translation_key, started_at=now, updated_at=now)
        Progress.objects.bulk_create([known], ignore_conflicts=True)
    fields = {"completed_at": now, "updated_at": now, "percent": 100, **reached}
    if not mine.filter(completed_at=None).update(**fields):
        count(enrolment, now)
        return mine.get()
    for name, value in fields.items():
        setattr(known, name, value)
    key = f"lesson:{enrolment.pk}:{lesson.translation_key}"
    _tell(LessonCompleted(str(enrolment.pk), str(lesson.translation_key)), key=key)
    count(enrolment, now)
    return known


def _tell(fact: LessonCompleted, key: str) -> None:
    # One row a lesson and learner is only worth writing when somebody listens.
    if registry.has_listeners(LessonCompleted):
        outbox.publish(fact, key=key)


def count(enrolment: Enrolment, now: datetime) -> None:
    """Bring an enrolment's percent and status up to its lessons: never down, and completed only once.

    Only an act of the learner or a grader calls it, under the enrolment's lock: what an editor changes completes nobody.
    """
    if enrolment.requirement_set_id is None:
        enrolments.record_requirements(enrolment=enrolment, now=now)
    found = queries.standing(enrolment)
    if found is None:
        return
    percent = rules.percent(*found.lessons)
    complete = any(
        rules.is_course_complete(rule=rule, needed_percent=needed, lessons=found.lessons, quizzes=found.quizzes)
        for rule, needed in found.terms
    )
    if complete and enrolment.status == Enrolment.Status.ACTIVE and enrolments.complete(enrolment=enrolment, now=now):
        enrolment.status, enrolment.completed_at, percent = Enrolment.Status.COMPLETED, now, 100
        outbox.publish(CourseCompleted(enrolment_id=str(enrolment.pk)), key=f"completed:{enrolment.pk}")
    elif percent > enrolment.percent:
        enrolments.raise_percent(enrolment=enrolment, percent=percent)
    enrolment.percent = max(enrolment.percent, percent)


@transaction.atomic
def finish(*, enrolment: Enrolment, now: datetime) -> Enrolment:
    """Complete a course whose rule is met, when no lesson is left whose completion would do it.

    So it is after the rule was eased for lessons that were taken away. Completed already: nothing happens.
    Raises NotFinished.
    """
    locked = lock(enrolment.pk)
    if locked.status == Enrolment.Status.ACTIVE:
        count(locked, now)
    if locked.status != Enrolment.Status.COMPLETED:
        raise NotFinished()
    return locked
