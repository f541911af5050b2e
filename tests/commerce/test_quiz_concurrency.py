"""Concurrency of quiz attempts: the lock decides, shown by removing it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from academies.kernel import faultpoints
from commerce.enrolments.models import Enrolment
from commerce.learning import actions
from commerce.learning.actions import completion
from commerce.learning.models import Attempt, Progress
from tests.fixtures import lesson_factory
from tests.fixtures.concurrency import at_once, meeting_point, people_of
from tests.fixtures.lesson_factory import answers_to

pytestmark = pytest.mark.threads
MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def make_enrolment_and_lesson(committed_academy, **terms):
    page = lesson_factory.course(lessons=[lesson_factory.quiz(**terms)])
    [person] = people_of(committed_academy, 1)
    return lesson_factory.enrolled(person, page), lesson_factory.lessons_of(page)[0]


@pytest.fixture
def enrolment_and_lesson(committed_academy):
    return make_enrolment_and_lesson(committed_academy)


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


def test_twenty_clicks_on_start_are_one_attempt(committed_academy):
    enrolment, lesson = make_enrolment_and_lesson(committed_academy)

    results = at_once(20, lambda _: actions.start_attempt(enrolment=enrolment, lesson=lesson, now=NOW))

    assert sum(is_new for _, is_new in results) == 1
    assert {attempt.pk for attempt, _ in results} == {Attempt.objects.get().pk}


def test_the_learner_and_the_clock_close_an_attempt_once(committed_academy):
    enrolment, lesson = make_enrolment_and_lesson(committed_academy, limit_minutes=10)
    over = NOW + 10 * MINUTE + timedelta(seconds=31)
    attempt, _ = actions.start_attempt(enrolment=enrolment, lesson=lesson, now=NOW)
    actions.save_answers(attempt=attempt, answers=answers_to(attempt), now=NOW)

    def close(number):
        if number % 2:
            return actions.close_overdue_attempts(now=over)
        return actions.submit_attempt(attempt=attempt, answers={}, now=over)

    results = at_once(12, close)

    assert all(isinstance(result, actions.DeadlinePassed) for result in results[::2])
    attempt.refresh_from_db()
    assert (attempt.status, attempt.passed, attempt.score) == ("lapsed", True, 5)
    assert Progress.objects.get().completed_at == NOW + 10 * MINUTE


def test_of_two_quiz_submissions_at_once_one_is_graded(committed_academy):
    enrolment, lesson = make_enrolment_and_lesson(committed_academy)
    attempt, _ = actions.start_attempt(enrolment=enrolment, lesson=lesson, now=NOW)
    right = answers_to(attempt)

    results = at_once(10, lambda n: actions.submit_attempt(attempt=attempt, answers=right if n % 2 else {}, now=NOW))

    assert len({(result.score, result.passed) for result in results}) == 1
