"""Progress through a course."""

from datetime import UTC, datetime, timedelta

import pytest

from academies.outbox.models import Message
from commerce.enrolments.models import Enrolment
from commerce.learning import actions, queries
from commerce.learning.models import Progress
from tests.fixtures import lesson_factory
from tests.fixtures.lesson_factory import TEXT, VIDEO

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_viewing_half_of_the_lessons_is_half_of_the_course(learner):
    page = lesson_factory.course(lessons=[TEXT] * 4)
    enrolment = lesson_factory.enrolled(learner, page)

    for lesson in lesson_factory.lessons_of(page)[:2]:
        actions.mark_viewed(enrolment=enrolment, lesson=lesson, now=NOW)

    enrolment.refresh_from_db()
    assert (enrolment.percent, enrolment.status) == (50, "active")


def test_the_last_lesson_completes_the_course_once(learner):
    page = lesson_factory.course(lessons=[TEXT, TEXT])
    enrolment = lesson_factory.enrolled(learner, page)

    for lesson in lesson_factory.lessons_of(page) * 2:
        actions.mark_viewed(enrolment=enrolment, lesson=lesson, now=NOW)

    enrolment.refresh_from_db()
    assert (enrolment.percent, enrolment.status, enrolment.completed_at) == (100, "completed", NOW)
    assert Message.objects.filter(name="fact:CourseCompleted").count() == 1


def test_a_lesson_viewed_again_keeps_its_day(learner):
    page = lesson_factory.course(lessons=[TEXT, TEXT])
    enrolment = lesson_factory.enrolled(learner, page)
    first = lesson_factory.lessons_of(page)[0]

    actions.mark_viewed(enrolment=enrolment, lesson=first, now=NOW)
    again = actions.mark_viewed(enrolment=enrolment, lesson=first, now=NOW + timedelta(days=1))

    assert again.completed_at == NOW
    assert Progress.objects.get().completed_at == NOW


def test_a_lesson_added_after_completion_takes_nothing_away(learner):
    page = lesson_factory.course(lessons=[TEXT])
    enrolment = lesson_factory.enrolled(learner, page)
    [only] = lesson_factory.lessons_of(page)
    actions.mark_viewed(enrolment=enrolment, lesson=only, now=NOW)

    added = lesson_factory.lesson(only.get_parent().specific, TEXT, title="Another")
    actions.mark_viewed(enrolment=enrolment, lesson=added, now=NOW + timedelta(days=9))

    enrolment.refresh_from_db()
    assert (enrolment.percent, enrolment.status, enrolment.completed_at) == (100, "completed", NOW)


def test_a_lesson_added_halfway_lowers_no_percent(learner):
    page = lesson_factory.course(lessons=[TEXT, TEXT])
    enrolment = lesson_factory.enrolled(learner, page)
    first, _ = lesson_factory.lessons_of(page)
    actions.mark_viewed(enrolment=enrolment, lesson=first, now=NOW)

    third = lesson_factory.lesson(first.get_parent().specific, TEXT, title="Third")
    lesson_factory.lesson(first.get_parent().specific, TEXT, title="Fourth")
    lesson_factory.lesson(first.get_parent().specific, TEXT, title="Fifth")
    actions.mark_viewed(enrolment=enrolment, lesson=third, now=NOW)

    enrolment.refresh_from_db()
    assert enrolment.percent == 50


def test_lessons_that_nobody_sees_on_the_day_are_not_asked_for(learner):
    page = lesson_factory.course(lessons=[TEXT, TEXT, TEXT], sections=3)
    first, second, third = lesson_factory.lessons_of(page)
    second.unpublish()
    third.get_parent().unpublish()
    enrolment = lesson_factory.enrolled(learner, page)

    actions.mark_viewed(enrolment=enrolment, lesson=first, now=NOW)

    enrolment.refresh_from_db()
    assert enrolment.status == "completed"


@pytest.mark.parametrize(
    ("rule", "needed", "viewed", "status"),
    [("percent", 60, 2, "active"), ("percent", 60, 3, "completed"), ("quizzes", 100, 4, "active")],
)
def test_the_rule_of_the_course_decides(learner, rule, needed, viewed, status):
    lessons = [TEXT] * 4 + [lesson_factory.quiz()]
    page = lesson_factory.course(lessons=lessons, completion_rule=rule, completion_percent=needed)
    enrolment = lesson_factory.enrolled(learner, page)

    for lesson in lesson_factory.lessons_of(page)[:viewed]:
        actions.mark_viewed(enrolment=enrolment, lesson=lesson, now=NOW)

    enrolment.refresh_from_db()
    assert enrolment.status == status


def test_passing_the_quiz_is_enough_where_the_rule_says_so(learner):
    page = lesson_factory.course(lessons=[TEXT, lesson_factory.quiz()], completion_rule="quizzes")
    enrolment = lesson_factory.enrolled(learner, page)
    quiz = lesson_factory.lessons_of(page)[1]

    attempt, _ = actions.start_attempt(enrolment=enrolment, lesson=quiz, now=NOW)
    actions.submit_attempt(attempt=attempt, answers=lesson_factory.answers_to(attempt), now=NOW)

    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.percent) == ("completed", 100)


def test_a_video_or_a_quiz_is_not_completed_by_a_word(learner):
    page = lesson_factory.course(lessons=[VIDEO, lesson_factory.quiz()])
    enrolment = lesson_factory.enrolled(learner, page)

    for lesson in lesson_factory.lessons_of(page):
        with pytest.raises(actions.WrongLessonKind):
            actions.mark_viewed(enrolment=enrolment, lesson=lesson, now=NOW)

    assert not Progress.objects.exists()


def test_opening_a_lesson_is_noted_once(learner):
    page = lesson_factory.course(lessons=[TEXT])
    enrolment = lesson_factory.enrolled(learner, page)
    [lesson] = lesson_factory.lessons_of(page)

    actions.start_lesson(enrolment=enrolment, lesson=lesson, now=NOW)
    again = actions.start_lesson(enrolment=enrolment, lesson=lesson, now=NOW + timedelta(hours=1))

    assert (again.started_at, again.percent, again.completed_at) == (NOW, 0, None)


def test_who_left_completes_nothing_more(learner):
    page = lesson_factory.course(lessons=[TEXT])
    enrolment = lesson_factory.enrolled(learner, page)
    Enrolment.objects.update(status="cancelled")

    actions.mark_viewed(enrolment=enrolment, lesson=lesson_factory.lessons_of(page)[0], now=NOW)

    enrolment.refresh_from_db()
    assert enrolment.status == "cancelled"
    assert not Message.objects.filter(name="fact:CourseCompleted").exists()


def test_two_courses_do_not_mix(learner, stranger):
    bread, cake = (lesson_factory.course(title, lessons=[TEXT, TEXT]) for title in ("Bread", "Cake"))
    mine, theirs = lesson_factory.enrolled(learner, bread), lesson_factory.enrolled(stranger, bread)
    other = lesson_factory.enrolled(learner, cake)

    actions.mark_viewed(enrolment=mine, lesson=lesson_factory.lessons_of(bread)[0], now=NOW)

    assert [Enrolment.objects.get(pk=e.pk).percent for e in (mine, theirs, other)] == [50, 0, 0]


@pytest.mark.parametrize("count", [10, 200])
def test_a_place_and_a_standing_take_a_fixed_number_of_queries(learner, count, django_assert_num_queries):
    page = lesson_factory.course(lessons=[TEXT] * count, sections=5)
    enrolment = lesson_factory.enrolled(learner, page)
    lesson = lesson_factory.lessons_of(page)[0]

    with django_assert_num_queries(1):
        place = queries.lesson_access_of(learner, lesson.pk, NOW + timedelta(days=3650))
    with django_assert_num_queries(1):
        standing = queries.course_progress(enrolment)

    assert place.enrolment == enrolment
    assert place.is_open
    assert place.progress is None
    assert standing.lessons == (0, count)
