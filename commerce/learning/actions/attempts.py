"""Attempts at quizzes: their questions are stored when they start, and they end once, by the learner or at the deadline."""

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from academies.journal import actions as journal
from academies.kernel import errors, faultpoints
from catalog.activities.registry import Quiz, kinds
from catalog.courses.models import LessonPage
from commerce.enrolments.models import Enrolment
from commerce.learning import queries, rules
from commerce.learning.actions import completion
from commerce.learning.models import Attempt, Progress

logger = logging.getLogger(__name__)

# How long after the deadline answers are accepted, because of slow networks.
GRACE_PERIOD = timedelta(seconds=30)
Status = Attempt.Status


class NotAQuiz(errors.NotFound):
    message = gettext_lazy("This lesson has no quiz.")


class NoAttemptsLeft(errors.Conflict):
    code = "no_attempts_left"
    message = gettext_lazy("You have no attempts left at this quiz.")


class DeadlinePassed(errors.Conflict):
    code = "deadline_passed"
    message = gettext_lazy("The time for this attempt is over. Your saved answers were submitted.")


class AlreadySubmitted(errors.Conflict):
    code = "already_submitted"
    message = gettext_lazy("This attempt was already submitted. See its result.")


class AttemptNotSubmitted(errors.Conflict):
    code = "not_submitted"
    message = gettext_lazy("This attempt is still open. Submit it to see its result.")


class InvalidAnswers(errors.Invalid):
    message = gettext_lazy("These answers are not valid.")


@transaction.atomic
def start_attempt(*, enrolment: Enrolment, lesson: LessonPage, now: datetime) -> tuple[Attempt, bool]:
    """Return the open attempt, or a new one, and whether it is new.

    Locks the enrolment, so that two requests start one attempt.  Raises NotAQuiz, NoAttemptsLeft.
    """
    quiz = lesson.kind.quiz
    if quiz is None:
        raise NotAQuiz()
    locked = completion.lock_enrolment(enrolment.pk)
    attempts = list(queries.attempts_of(locked, lesson.translation_key))
    if attempts and attempts[-1].status == Status.STARTED:
        latest = attempts[-1]
        if not _is_overdue(latest, now):
            return latest, False
        _close(locked, latest, latest.answers, at=_end_time(latest, now), status=Status.LAPSED)
    faultpoints.reach("learning.create_attempt")
    return _create(locked, lesson, quiz, number=len(attempts) + 1, now=now), True


def _create(enrolment: Enrolment, lesson: LessonPage, quiz: Quiz, *, number: int, now: datetime) -> Attempt:
    # 53 bits, because JSON readers round larger numbers.
    questions, answer_key = quiz.make_questions(lesson.value, secrets.randbits(53))
    if answer_key["attempts_allowed"] and number > answer_key["attempts_allowed"]:
        raise NoAttemptsLeft()
    minutes = answer_key["limit_minutes"]
    attempt = Attempt(
        enrolment=enrolment,
        lesson_key=lesson.translation_key,
        number=number,
        questions=questions,
        answer_key={"kind": lesson.kind.name, **answer_key},
        revision_id=lesson.live_revision_id,
        started_at=now,
        deadline_at=now + timedelta(minutes=minutes) if minutes else None,
        max_score=quiz.grade(answer_key, {}).most,
    )
    journal.transition(attempt, Status.STARTED, transitions=rules.ATTEMPT, now=now, by=enrolment.person)
    return attempt


@transaction.atomic
def save_answers(*, attempt: Attempt, answers: Any, now: datetime) -> Attempt:
    """Save answers of an open attempt; questions that aren't mentioned keep theirs.

    Raises AlreadySubmitted, DeadlinePassed, InvalidAnswers.
    """
    _, attempt = _lock(attempt)
    if attempt.status == Status.SUBMITTED:
        raise AlreadySubmitted()
    if attempt.status == Status.LAPSED or _is_overdue(attempt, now):
        raise DeadlinePassed()
    attempt.answers = _merge_answers(attempt, answers)
    attempt.save(update_fields=["answers"])
    return attempt


def submit_attempt(*, attempt: Attempt, answers: Any, now: datetime, allow_empty: bool = True) -> Attempt:
    """Submit and grade an attempt. A second call returns the first result and ignores its answers.

    allow_empty: False only saves the answers while a question is empty, and returns the attempt still open.
    Within the grace period an attempt ends at its deadline. Later, the saved answers are graded and DeadlinePassed is
    raised.  Raises InvalidAnswers too.
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
    if _is_overdue(attempt, now):
        return _close(enrolment, attempt, attempt.answers, at=_end_time(attempt, now), status=Status.LAPSED)
    attempt.answers = _merge_answers(attempt, answers)
    if attempt.empty_questions and not allow_empty:
        attempt.save(update_fields=["answers"])
        return attempt
    return _close(enrolment, attempt, attempt.answers, at=_end_time(attempt, now), status=Status.SUBMITTED)


@transaction.atomic
def close_if_overdue(*, attempt: Attempt, now: datetime) -> Attempt:
    """Return an attempt, closed with its saved answers if deadline and grace period are over."""
    if attempt.status != Status.STARTED or not _is_overdue(attempt, now):
        return attempt
    _lapse(attempt, now)
    attempt.refresh_from_db()
    return attempt


def close_overdue_attempts(*, now: datetime, limit: int = 500) -> int:
    """Close open attempts whose deadline and grace period are over, with their saved answers. Returns how many.

    Each in its own transaction, so that one that can't be graded doesn't keep others open.
    """
    overdue = Attempt.objects.filter(status=Status.STARTED, deadline_at__lt=now - GRACE_PERIOD).order_by("deadline_at")
    count = 0
    for attempt in overdue.only("pk", "enrolment_id")[:limit]:
        try:
            count += _lapse(attempt, now)
        except Exception:
            logger.exception("attempt %s can't be closed", attempt.pk)
    return count


@transaction.atomic
def _lapse(attempt: Attempt, now: datetime) -> bool:
    enrolment, attempt = _lock(attempt)
    if attempt.status != Status.STARTED or not _is_overdue(attempt, now):
        return False
    _close(enrolment, attempt, attempt.answers, at=_end_time(attempt, now), status=Status.LAPSED)
    return True


def _lock(attempt: Attempt) -> tuple[Enrolment, Attempt]:
    """Lock the enrolment, then the attempt: the lock order of this app."""
    enrolment = completion.lock_enrolment(attempt.enrolment_id)
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    faultpoints.reach("learning.attempt_locked")
    return enrolment, attempt


def _is_overdue(attempt: Attempt, now: datetime) -> bool:
    return attempt.deadline_at is not None and now > attempt.deadline_at + GRACE_PERIOD


def _end_time(attempt: Attempt, now: datetime) -> datetime:
    return min(now, attempt.deadline_at) if attempt.deadline_at else now


def _merge_answers(attempt: Attempt, answers: Any) -> dict[str, Any]:
    """Return the saved answers updated with new ones; an empty new answer removes the saved one."""
    try:
        cleaned = _quiz_of(attempt).clean(attempt.questions, answers)
    except ValueError as error:
        message = gettext(str(error))
        raise InvalidAnswers(message, fields={"answers": [message]}) from error
    unchanged = {question: answer for question, answer in attempt.answers.items() if question not in answers}
    return {**unchanged, **cleaned}


def _quiz_of(attempt: Attempt) -> Quiz:
    quiz = kinds()[attempt.answer_key["kind"]].quiz
    if quiz is None:
        raise LookupError(f"{attempt.answer_key['kind']} has no quiz")
    return quiz


def _close(
    enrolment: Enrolment, attempt: Attempt, answers: Mapping[str, Any], *, at: datetime, status: Attempt.Status
) -> Attempt:
    """Grade and close an attempt; if it is passed, its lesson is completed. The unrounded percentage decides."""
    score = _quiz_of(attempt).grade(attempt.answer_key, answers)
    attempt.answers, attempt.submitted_at = dict(answers), at
    attempt.score, attempt.max_score = _round_down(score.points), Decimal(score.most)
    attempt.percent = _round_down(score.percent)
    attempt.passed = score.most > 0 and score.percent >= attempt.answer_key["pass_percent"]
    by = enrolment.person if status == Status.SUBMITTED else None
    journal.transition(attempt, status, transitions=rules.ATTEMPT, now=at, by=by)
    if attempt.passed:
        _complete_lesson(enrolment, attempt, at)
    return attempt


def _complete_lesson(enrolment: Enrolment, attempt: Attempt, at: datetime) -> None:
    lesson = queries.lesson_by_key(attempt.lesson_key)
    if lesson is None:
        return
    known = Progress.objects.filter(enrolment=enrolment, lesson_key=attempt.lesson_key).first()
    completion.complete_lesson(enrolment=enrolment, lesson=lesson, now=at, known=known)


def _round_down(value: Fraction) -> Decimal:
    """Round down to three places, so that what is shown is never more than what was reached."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.001"), ROUND_DOWN)
