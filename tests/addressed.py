"""What a learner may touch through the API: one row or page for each address that takes an id."""

from typing import Any

import pytest

from academies.kernel import clock
from academies.people.models import User
from commerce.learning import actions as learning
from tests.commerce.classroom import TEXT, VIDEO, course, enrolled, lessons_of, quiz
from tests.commerce.props import a_date, a_plan


@pytest.fixture
def addressed(learner: User) -> dict[str, Any]:
    return make_addressed(learner)


def make_addressed(learner: User) -> dict[str, Any]:
    """Return the ids of what there is to be asked for, by the part of the address before the id."""
    page = course("Sourdough", (TEXT, VIDEO, quiz()))
    _, film, paper = lessons_of(page)
    enrolment = enrolled(learner, page)
    attempt, _ = learning.start(enrolment=enrolment, lesson=paper, now=clock.now())
    a_plan(page)
    a_date()
    return {
        "courses": page.pk, "lectures": film.pk, "sections": film.get_parent().pk, "quizzes": paper.pk,
        "enrollments": str(enrolment.pk), "quiz-attempts": str(attempt.pk),
    }  # fmt: skip
