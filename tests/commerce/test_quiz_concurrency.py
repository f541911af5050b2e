"""Concurrency of quiz attempts: the lock decides, shown by removing it."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from academies.kernel import faultpoints
from commerce.enrolments.models import Enrolment
from commerce.learning import actions
from commerce.learning.actions import completion
from commerce.learning.models import Attempt
from tests.fixtures import lesson_factory
from tests.fixtures.concurrency import at_once, meeting_point, people_of
from tests.fixtures.lesson_factory import answers_to

pytestmark = pytest.mark.threads
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def enrolment_and_lesson(committed_academy):
    page = lesson_factory.course(lessons=[lesson_factory.quiz()])
    [person] = people_of(committed_academy, 1)
    return lesson_factory.enrolled(person, page), lesson_factory.lessons_of(page)[0]


def test_without_the_lock_two_clicks_on_start_meet_at_the_constraint(enrolment_and_lesson, monkeypatch):
    enrolment, lesson = enrolment_and_lesson
    monkeypatch.setattr(completion, "lock_enrolment", lambda pk: Enrolment.objects.get(pk=pk))
    monkeypatch.setitem(faultpoints.armed, "learning.create_attempt", meeting_point(8))

    results = at_once(8, lambda _: actions.start_attempt(enrolment=enrolment, lesson=lesson, now=NOW))

    assert {type(error) for error in results if isinstance(error, BaseException)} == {IntegrityError}
    assert Attempt.objects.count() == 1


def test_without_the_lock_two_answers_are_both_graded(enrolment_and_lesson, monkeypatch):
    enrolment, lesson = enrolment_and_lesson
    attempt, _ = actions.start_attempt(enrolment=enrolment, lesson=lesson, now=NOW)
    right = answers_to(attempt)
    monkeypatch.setattr(completion, "lock_enrolment", lambda pk: Enrolment.objects.get(pk=pk))
    monkeypatch.setattr(type(Attempt.objects), "select_for_update", lambda self, **_: self.get_queryset())
    monkeypatch.setitem(faultpoints.armed, "learning.attempt_locked", meeting_point(6))

    results = at_once(6, lambda n: actions.submit_attempt(attempt=attempt, answers=right if n % 2 else {}, now=NOW))

    assert {result.passed for result in results} == {True, False}
