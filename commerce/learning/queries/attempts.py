"""A learner's attempts at a quiz, and what they may know about the result."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from academies.people.models import User
from catalog.activities.registry import kinds
from catalog.courses.models import LessonPage
from commerce.enrolments.models import Enrolment
from commerce.learning.models import Attempt


def attempts_of(enrolment: Enrolment, lesson_key: UUID) -> QuerySet[Attempt]:
    """Return the attempts at a quiz, the first one first."""
    return Attempt.objects.filter(enrolment=enrolment, lesson_key=lesson_key).order_by("number")


@dataclass(frozen=True)
class QuizState:
    """A learner's attempts at a quiz so far.  left: how many more they may start; None is no limit."""

    open: Attempt | None
    best: Attempt | None
    used: int
    left: int | None


def quiz_state(enrolment: Enrolment | None, lesson: LessonPage) -> QuizState:
    """Return a learner's attempts at the quiz of a lesson.  enrolment: None for somebody who isn't enrolled."""
    attempts = []
    if enrolment is not None:
        attempts = list(attempts_of(enrolment, lesson.translation_key).defer("questions", "answer_key", "answers"))
    closed = [attempt for attempt in attempts if attempt.status != Attempt.Status.STARTED]
    quiz = lesson.kind.quiz
    allowed = quiz.attempts_allowed(lesson.value) if quiz else 0
    return QuizState(
        open=next((attempt for attempt in attempts if attempt.status == Attempt.Status.STARTED), None),
        best=max(closed, key=lambda attempt: (attempt.passed, attempt.percent), default=None),
        used=len(attempts),
        left=max(0, allowed - len(attempts)) if allowed else None,
    )


def report(attempt: Attempt) -> list[dict[str, Any]]:
    """Return for each question what the quiz's feedback policy lets the learner know; nothing while it is open."""
    quiz = kinds()[attempt.answer_key["kind"]].quiz
    if quiz is None or attempt.status == Attempt.Status.STARTED:
        return []
    return quiz.report(attempt.questions, attempt.answer_key, attempt.answers)


def own_attempt(person: User, attempt_id: UUID) -> Attempt | None:
    attempts = Attempt.objects.select_related("enrolment").filter(pk=attempt_id, enrolment__person=person)
    return attempts.first()
