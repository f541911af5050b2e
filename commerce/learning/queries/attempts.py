"""Attempts at quizzes: what was made, what is left, what may be told."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from academies.people.models import User
from catalog.activities.registry import kinds
from catalog.courses.models import LessonPage
from commerce.enrolments.models import Enrolment
from commerce.learning.models import Attempt


def attempts(enrolment: Enrolment, lesson_key: UUID) -> QuerySet[Attempt]:
    return Attempt.objects.filter(enrolment=enrolment, lesson_key=lesson_key).order_by("number")


@dataclass(frozen=True)
class QuizState:
    """What a learner did in a quiz so far.  left: attempts that are left, None without a limit."""

    open: Attempt | None
    best: Attempt | None
    used: int
    left: int | None


def quiz_state(enrolment: Enrolment, lesson: LessonPage) -> QuizState:
    made = list(attempts(enrolment, lesson.translation_key).defer("paper", "key", "answers"))
    finished = [attempt for attempt in made if attempt.status != Attempt.Status.STARTED]
    allowed = lesson.value["attempts_allowed"]
    return QuizState(
        open=next((attempt for attempt in made if attempt.status == Attempt.Status.STARTED), None),
        best=max(finished, key=lambda attempt: (attempt.passed, attempt.percent), default=None),
        used=len(made),
        left=max(0, allowed - len(made)) if allowed else None,
    )


def report(attempt: Attempt) -> list[dict[str, Any]]:
    """Return, a question, what the feedback policy of the attempt lets its learner know; nothing while it is open."""
    exam = kinds()[attempt.key["kind"]].exam
    if exam is None or attempt.status == Attempt.Status.STARTED:
        return []
    return exam.report(attempt.paper, attempt.key, attempt.answers)


def own_attempt(person: User, attempt_id: UUID) -> Attempt | None:
    found = Attempt.objects.select_related("enrolment").filter(pk=attempt_id, enrolment__person=person)
    return found.first()
