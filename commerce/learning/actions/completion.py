"""Completing lessons, and the course when its completion rule is met.

Lock order of this app: the enrolment first, then its attempts and progress. The lock of the enrolment's row makes sure
that of two last lessons, completed at the same moment, one completes the course.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy

from academies.kernel import errors
from academies.outbox import actions as outbox
from catalog.courses.models import LessonPage
from commerce.enrolments import actions as enrolments
from commerce.enrolments.models import Enrolment
from commerce.learning import queries, rules
from commerce.learning.facts import CourseCompleted
from commerce.learning.models import Progress


class CourseNotComplete(errors.Conflict):
    code = "not_finished"
    message = gettext_lazy(
        "This course is not complete yet. If a lesson that it requires was removed, contact the academy."
    )


def lock_enrolment(enrolment_id: UUID) -> Enrolment:
    """Return an enrolment with its row locked; rows that refer to it can still be inserted."""
    return Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment_id)


def complete_lesson(
    *, enrolment: Enrolment, lesson: LessonPage, now: datetime, known: Progress | None, **fields: Any
) -> Progress:
    """Mark a lesson as completed, once, and update the course. Call it under the enrolment's lock.

    known: the stored progress, if any.  fields: other fields of the progress to store.
    """
    stored = Progress.objects.filter(enrolment=enrolment, lesson_key=lesson.translation_key)
    if known is None:
        known = Progress(enrolment=enrolment, lesson_key=lesson.translation_key, started_at=now, updated_at=now)
        Progress.objects.bulk_create([known], ignore_conflicts=True)
    fields = {"completed_at": now, "updated_at": now, "percent": 100, **fields}
    if not stored.filter(completed_at=None).update(**fields):
        update_course_progress(enrolment, now)
        return stored.get()
    for name, value in fields.items():
        setattr(known, name, value)
    update_course_progress(enrolment, now)
    return known


def update_course_progress(enrolment: Enrolment, now: datetime) -> None:
    """Update an enrolment's percent and status from its lessons. Never lowers the percent, completes only once.

    Called under the enrolment's lock, and only when a learner or a grader did something: an editor's change completes
    no course.
    """
    if enrolment.requirement_set_id is None:
        enrolments.record_requirements(enrolment=enrolment, now=now)
    progress = queries.course_progress(enrolment)
    if progress is None:
        return
    percent = rules.percent(*progress.lessons)
    is_complete = any(
        rules.is_course_complete(rule=rule, needed_percent=needed, lessons=progress.lessons, quizzes=progress.quizzes)
        for rule, needed in progress.terms
    )
    is_active = enrolment.status == Enrolment.Status.ACTIVE
    if is_complete and is_active and enrolments.complete(enrolment=enrolment, now=now):
        enrolment.status, enrolment.completed_at, percent = Enrolment.Status.COMPLETED, now, 100
        outbox.publish(CourseCompleted(enrolment_id=str(enrolment.pk)), key=f"completed:{enrolment.pk}")
    elif percent > enrolment.percent:
        enrolments.raise_percent(enrolment=enrolment, percent=percent)
    enrolment.percent = max(enrolment.percent, percent)


@transaction.atomic
def complete_course(*, enrolment: Enrolment, now: datetime) -> Enrolment:
    """Complete a course whose rule is met although no lesson is left to complete. Completed already: does nothing.

    This happens after an editor relaxed the rule because lessons were removed.  Raises CourseNotComplete.
    """
    locked = lock_enrolment(enrolment.pk)
    if locked.status == Enrolment.Status.ACTIVE:
        update_course_progress(locked, now)
    if locked.status != Enrolment.Status.COMPLETED:
        raise CourseNotComplete()
    return locked
