"""Sitting an exam: one paper, frozen when it starts, closed once, by the learner or by the clock."""

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction

from academies.kernel import errors
from catalog.activities.registry import Exam, kinds
from catalog.courses.models import LessonPage
from commerce.enrolments.models import Enrolment
from commerce.learning import queries
from commerce.learning.actions import completion
from commerce.learning.models import Attempt, Progress

logger = logging.getLogger(__name__)

# How late an answer may arrive and still count: the network's time, not the learner's.
GRACE = timedelta(seconds=30)
Status = Attempt.Status


class NotAQuiz(errors.NotFound):
    message = "This lesson has no questions to answer."


class NoAttemptsLeft(errors.Conflict):
    code = "no_attempts_left"
    message = "All attempts at this quiz are used."


class DeadlinePassed(errors.Conflict):
    code = "deadline_passed"
    message = "The time for this attempt is over. What was saved before has been handed in for you."


class AlreadySubmitted(errors.Conflict):
    code = "already_submitted"
    message = "This attempt has been handed in. Look at its result."


class NotSubmitted(errors.Conflict):
    code = "not_submitted"
    message = "This attempt is still open. Hand it in to see its result."


class NotAnswers(errors.Invalid):
    message = "These answers can't be read."


@transaction.atomic
def start(*, enrolment: Enrolment, lesson: LessonPage, now: datetime) -> tuple[Attempt, bool]:
    """Return the learner's attempt and whether it is new: an open one goes on, else a paper is made and frozen.

    Locks the enrolment, so two clicks are one attempt. Raises NotAQuiz, NoAttemptsLeft.
    """
    exam = lesson.kind.exam
    if exam is None:
        raise NotAQuiz()
    locked = completion.lock(enrolment.pk)
    made = list(queries.attempts(locked, lesson.translation_key))
    if made and made[-1].status == Status.STARTED:
        if not _is_over(made[-1], now):
            return made[-1], False
        _close(locked, made[-1], made[-1].answers, at=_end(made[-1], now), status=Status.LAPSED)
    return _begin(locked, lesson, exam, number=len(made) + 1, now=now), True


def _begin(enrolment: Enrolment, lesson: LessonPage, exam: Exam, *, number: int, now: datetime) -> Attempt:
    # 53 bits: the seed goes through JSON, where larger numbers are rounded by others.
    paper, key = exam.paper(lesson.value, secrets.randbits(53))
    if key["attempts_allowed"] and number > key["attempts_allowed"]:
        raise NoAttemptsLeft()
    minutes = key["limit_minutes"]
    return Attempt.objects.create(
        enrolment=enrolment,
        lesson_key=lesson.translation_key,
        number=number,
        paper=paper,
        key={"kind": lesson.kind.name, **key},
        revision_id=lesson.live_revision_id,
        started_at=now,
        deadline_at=now + timedelta(minutes=minutes) if minutes else None,
        max_score=exam.grade(key, {}).most,
    )


@transaction.atomic
def save(*, attempt: Attempt, answers: Any, now: datetime) -> Attempt:
    """Keep answers of an open attempt, question by question; others stay as they were.

    Raises AlreadySubmitted, DeadlinePassed, NotAnswers.
    """
    _, attempt = _lock(attempt)
    if attempt.status == Status.SUBMITTED:
        raise AlreadySubmitted()
    if attempt.status == Status.LAPSED or _is_over(attempt, now):
        raise DeadlinePassed()
    attempt.answers = _merged(attempt, answers)
    attempt.save(update_fields=["answers"])
    return attempt


def submit(*, attempt: Attempt, answers: Any, now: datetime, allow_empty: bool = True) -> Attempt:
    """Submit and grade. A second time returns the first result, whatever is sent.

    allow_empty: False only saves the answers while a question is empty: the attempt that returns is still open.
    Within the grace period an attempt ends at its deadline. Later, what was saved is graded and DeadlinePassed is
    raised, whether or not the sweep was here first. Raises NotAnswers too.
    """
    attempt = _submit(attempt, answers, now, allow_empty)
    if attempt.status == Status.LAPSED:
        raise DeadlinePassed()
    return attempt


@transaction.atomic
def _submit(attempt: Attempt, answers: Any, now: datetime, allow_empty: bool) -> Attempt:
    enrolment, attempt = _lock(attempt)
    if attempt.status != Status.STARTED:
        return attempt
    if _is_over(attempt, now):
        return _close(enrolment, attempt, attempt.answers, at=_end(attempt, now), status=Status.LAPSED)
    attempt.answers = _merged(attempt, answers)
    if attempt.empty_questions and not allow_empty:
        attempt.save(update_fields=["answers"])
        return attempt
    return _close(enrolment, attempt, attempt.answers, at=_end(attempt, now), status=Status.SUBMITTED)


@transaction.atomic
def close_if_over(*, attempt: Attempt, now: datetime) -> Attempt:
    """Return an attempt, closed with what was saved last if its time and grace are over."""
    if attempt.status != Status.STARTED or not _is_over(attempt, now):
        return attempt
    _lapse(attempt, now)
    attempt.refresh_from_db()
    return attempt


def close_overdue(*, now: datetime, limit: int = 500) -> int:
    """Close open attempts whose time and grace are over, with what was saved last. Returns how many.

    Each in its own transaction: one that can't be graded keeps no other open.
    """
    over = Attempt.objects.filter(status=Status.STARTED, deadline_at__lt=now - GRACE).order_by("deadline_at")
    closed = 0
    for attempt in over.only("pk", "enrolment_id")[:limit]:
        try:
            closed += _lapse(attempt, now)
        except Exception:
            logger.exception("attempt %s can't be closed", attempt.pk)
    return closed


@transaction.atomic
def _lapse(attempt: Attempt, now: datetime) -> bool:
    enrolment, attempt = _lock(attempt)
    if attempt.status != Status.STARTED or not _is_over(attempt, now):
        return False
    _close(enrolment, attempt, attempt.answers, at=_end(attempt, now), status=Status.LAPSED)
    return True


def _lock(attempt: Attempt) -> tuple[Enrolment, Attempt]:
    """Lock the enrolment, then the attempt: the order of the whole room."""
    enrolment = completion.lock(attempt.enrolment_id)
    return enrolment, Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)


def _is_over(attempt: Attempt, now: datetime) -> bool:
    return attempt.deadline_at is not None and now > attempt.deadline_at + GRACE


def _end(attempt: Attempt, now: datetime) -> datetime:
    return min(now, attempt.deadline_at) if attempt.deadline_at else now


def _merged(attempt: Attempt, answers: Any) -> dict[str, Any]:
    """Return saved answers with newer ones over them; a question sent empty is answered no longer."""
    try:
        newer = _exam(attempt).clean(attempt.paper, answers)
    except ValueError as error:
        raise NotAnswers(str(error), fields={"answers": [str(error)]}) from error
    return {**{name: given for name, given in attempt.answers.items() if name not in answers}, **newer}


def _exam(attempt: Attempt) -> Exam:
    exam = kinds()[attempt.key["kind"]].exam
    if exam is None:
        raise LookupError(f"{attempt.key['kind']} has no exam")
    return exam


def _close(
    enrolment: Enrolment, attempt: Attempt, answers: Mapping[str, Any], *, at: datetime, status: Attempt.Status
) -> Attempt:
    """Grade and close an attempt; a passed one completes its lesson. The pass is decided on the unrounded percentage."""
    score = _exam(attempt).grade(attempt.key, answers)
    attempt.answers, attempt.status, attempt.submitted_at = dict(answers), status, at
    attempt.score, attempt.max_score, attempt.percent = (
        _rounded(score.points),
        Decimal(score.most),
        _rounded(score.percent),
    )
    attempt.passed = score.most > 0 and score.percent >= attempt.key["pass_percent"]
    attempt.save()
    if attempt.passed:
        _pass(enrolment, attempt, at)
    return attempt


def _pass(enrolment: Enrolment, attempt: Attempt, at: datetime) -> None:
    lesson = queries.lesson_of_key(attempt.lesson_key)
    if lesson is None:
        return
    known = Progress.objects.filter(enrolment=enrolment, lesson_key=attempt.lesson_key).first()
    completion.complete_lesson(enrolment=enrolment, lesson=lesson, now=at, known=known)


def _rounded(value: Fraction) -> Decimal:
    """Round down to three places: what is shown never looks like more than it is."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.001"), ROUND_DOWN)
