"""Quiz attempts: started, answered, graded."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from catalog.courses.models import LessonPage
from commerce.learning import actions, queries
from commerce.learning.models import Attempt, Progress
from tests.fixtures import lesson_factory
from tests.fixtures.lesson_factory import TEXT, answers_to, question

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def start_quiz(learner):
    """Start a quiz with these terms, as an enrolled learner."""

    def start(**terms):
        page = lesson_factory.course(lessons=[lesson_factory.quiz(**terms), TEXT])
        enrolment = lesson_factory.enrolled(learner, page)
        lesson = lesson_factory.lessons_of(page)[0]
        return actions.start_attempt(enrolment=enrolment, lesson=lesson, now=NOW)[0], lesson

    return start


def test_all_right_passes_and_completes_the_lesson(start_quiz):
    attempt, _ = start_quiz()

    done = actions.submit_attempt(attempt=attempt, answers=answers_to(attempt), now=NOW + MINUTE)

    assert (done.score, done.max_score, done.percent, done.passed) == (5, 5, 100, True)
    assert done.status == "submitted"
    assert Progress.objects.get().completed_at == NOW + MINUTE
    done.enrolment.refresh_from_db()
    assert done.enrolment.percent == 50


def test_all_wrong_does_not(start_quiz):
    attempt, _ = start_quiz()

    done = actions.submit_attempt(attempt=attempt, answers=answers_to(attempt, right=False), now=NOW + MINUTE)

    assert (done.score, done.percent, done.passed) == (0, 0, False)
    assert not Progress.objects.exists()


def test_a_second_submit_gives_the_first_result(start_quiz):
    attempt, _ = start_quiz()
    first = actions.submit_attempt(attempt=attempt, answers={}, now=NOW + MINUTE)

    second = actions.submit_attempt(attempt=attempt, answers=answers_to(attempt), now=NOW + 2 * MINUTE)

    assert (second.score, second.passed, second.submitted_at) == (first.score, False, NOW + MINUTE)


def test_a_second_start_continues_the_same_quiz_attempt(start_quiz):
    attempt, lesson = start_quiz(limit_minutes=10)

    again, is_new = actions.start_attempt(enrolment=attempt.enrolment, lesson=lesson, now=NOW + MINUTE)

    assert (again.pk, is_new) == (attempt.pk, False)
    assert (again.questions, again.deadline_at) == (attempt.questions, NOW + 10 * MINUTE)


def test_a_question_edited_meanwhile_changes_no_open_quiz_attempt(start_quiz):
    attempt, lesson = start_quiz()
    assert attempt.revision_id is None
    lesson.activity[0].value["questions"][0]["text"] = "Something else?"
    options = lesson.activity[0].value["questions"][0]["options"]
    options[0]["right"], options[1]["right"] = False, True
    lesson.save_revision().publish()

    done = actions.submit_attempt(attempt=Attempt.objects.get(), answers=answers_to(attempt), now=NOW + MINUTE)

    assert done.passed
    assert "Something else?" not in json.dumps(done.questions)
    lesson = LessonPage.objects.get(pk=lesson.pk)
    following, _ = actions.start_attempt(enrolment=attempt.enrolment, lesson=lesson, now=NOW + MINUTE)
    assert "Something else?" in json.dumps(following.questions)
    assert following.revision_id == lesson.live_revision_id


def test_attempts_are_counted(start_quiz):
    attempt, lesson = start_quiz(attempts_allowed=2)
    for _ in range(2):
        attempt, _ = actions.start_attempt(enrolment=attempt.enrolment, lesson=lesson, now=NOW)
        actions.submit_attempt(attempt=attempt, answers={}, now=NOW)

    with pytest.raises(actions.NoAttemptsLeft):
        actions.start_attempt(enrolment=attempt.enrolment, lesson=lesson, now=NOW)

    assert [each.number for each in queries.attempts_of(attempt.enrolment, lesson.translation_key)] == [1, 2]


def test_none_allowed_means_as_many_as_they_like(start_quiz):
    attempt, lesson = start_quiz(attempts_allowed=0)

    for _ in range(5):
        actions.submit_attempt(attempt=attempt, answers={}, now=NOW)
        attempt, _ = actions.start_attempt(enrolment=attempt.enrolment, lesson=lesson, now=NOW)

    assert attempt.number == 6
    assert queries.quiz_state(attempt.enrolment, lesson).left is None


@pytest.mark.parametrize("late", [0, 1, 30])
def test_within_the_grace_the_attempt_ends_at_its_deadline(start_quiz, late):
    attempt, _ = start_quiz(limit_minutes=10)

    done = actions.submit_attempt(
        attempt=attempt, answers=answers_to(attempt), now=NOW + 10 * MINUTE + timedelta(seconds=late)
    )

    assert (done.passed, done.submitted_at) == (True, NOW + 10 * MINUTE)


@pytest.mark.parametrize("swept", [False, True], ids=["before the sweep", "after the sweep"])
def test_after_the_grace_only_what_was_saved_counts(start_quiz, swept):
    attempt, _ = start_quiz(limit_minutes=10)
    saved = dict(list(answers_to(attempt).items())[:1])
    actions.save_answers(attempt=attempt, answers=saved, now=NOW + 9 * MINUTE)
    late = NOW + 10 * MINUTE + timedelta(seconds=31)
    if swept:
        assert actions.close_overdue_attempts(now=late) == 1

    with pytest.raises(actions.DeadlinePassed):
        actions.submit_attempt(attempt=attempt, answers=answers_to(attempt), now=late)

    attempt.refresh_from_db()
    assert (attempt.status, attempt.answers, attempt.submitted_at) == ("lapsed", saved, NOW + 10 * MINUTE)
    assert attempt.score is not None


def test_the_clock_closes_what_nobody_hands_in(start_quiz):
    attempt, lesson = start_quiz(limit_minutes=10, attempts_allowed=2)
    actions.save_answers(attempt=attempt, answers=answers_to(attempt), now=NOW + MINUTE)

    early = actions.close_overdue_attempts(now=NOW + 10 * MINUTE + timedelta(seconds=30))
    closed = actions.close_overdue_attempts(now=NOW + 10 * MINUTE + timedelta(seconds=31))
    again = actions.close_overdue_attempts(now=NOW + timedelta(days=1))

    assert (early, closed, again) == (0, 1, 0)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.passed, attempt.submitted_at) == ("lapsed", True, NOW + 10 * MINUTE)
    assert Progress.objects.get(lesson_key=lesson.translation_key).completed_at == NOW + 10 * MINUTE


def test_an_overdue_attempt_makes_room_for_the_next(start_quiz):
    attempt, lesson = start_quiz(limit_minutes=10)

    following, is_new = actions.start_attempt(enrolment=attempt.enrolment, lesson=lesson, now=NOW + timedelta(hours=1))

    attempt.refresh_from_db()
    assert (attempt.status, is_new, following.number) == ("lapsed", True, 2)


def test_an_attempt_that_breaks_keeps_no_other_open(start_quiz, stranger):
    attempt, lesson = start_quiz(limit_minutes=10)
    page = lesson.get_parent().get_parent().specific
    other, _ = actions.start_attempt(enrolment=lesson_factory.enrolled(stranger, page), lesson=lesson, now=NOW)
    Attempt.objects.filter(pk=attempt.pk).update(answer_key={"kind": "gone"})

    closed = actions.close_overdue_attempts(now=NOW + timedelta(hours=1))

    other.refresh_from_db()
    assert (closed, other.status) == (1, "lapsed")


def test_saved_answers_stay_until_they_are_changed_or_emptied(start_quiz):
    attempt, _ = start_quiz()
    answers = answers_to(attempt)
    first, second, *_ = answers

    actions.save_answers(attempt=attempt, answers={first: answers[first]}, now=NOW)
    actions.save_answers(attempt=attempt, answers={second: answers[second]}, now=NOW)
    saved = actions.save_answers(attempt=attempt, answers={first: []}, now=NOW)

    assert saved.answers == {second: answers[second]}


def test_a_submitted_quiz_takes_no_more_answers(start_quiz):
    attempt, _ = start_quiz()
    actions.submit_attempt(attempt=attempt, answers={}, now=NOW)

    with pytest.raises(actions.AlreadySubmitted):
        actions.save_answers(attempt=attempt, answers=answers_to(attempt), now=NOW)


@pytest.mark.parametrize("junk", [None, [], "x", {"x": ["y"]}, {"x": {"y": 1}}])
def test_junk_closes_nothing(start_quiz, junk):
    attempt, _ = start_quiz()

    with pytest.raises(actions.InvalidAnswers):
        actions.submit_attempt(attempt=attempt, answers=junk, now=NOW)

    attempt.refresh_from_db()
    assert attempt.status == "started"


def test_just_below_the_mark_is_not_a_pass_however_it_is_rounded(start_quiz):
    thirds = question("multi", "Which?", points=1, options={"a": True, "b": True, "c": True, "d": False})
    attempt, _ = start_quiz(questions=[thirds], pass_percent=67)
    [name] = attempt.answer_key["questions"]

    done = actions.submit_attempt(
        attempt=attempt, answers={name: attempt.answer_key["questions"][name]["right"][:2]}, now=NOW
    )

    assert (done.percent, done.score, done.passed) == (Decimal("66.666"), Decimal("0.666"), False)


def test_a_text_has_no_questions(start_quiz):
    attempt, lesson = start_quiz()
    text = lesson.get_next_siblings().specific().first()

    with pytest.raises(actions.NotAQuiz):
        actions.start_attempt(enrolment=attempt.enrolment, lesson=text, now=NOW)


def test_the_state_names_the_open_and_the_best(start_quiz):
    attempt, lesson = start_quiz()
    passed = actions.submit_attempt(attempt=attempt, answers=answers_to(attempt), now=NOW)
    following, _ = actions.start_attempt(enrolment=attempt.enrolment, lesson=lesson, now=NOW)

    state = queries.quiz_state(attempt.enrolment, lesson)

    assert (state.open, state.best, state.used, state.left) == (following, passed, 2, 1)
