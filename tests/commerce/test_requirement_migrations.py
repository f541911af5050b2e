"""Migration of course requirements for existing learners."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from academies.kernel import clock
from academies.outbox.models import Message
from catalog.courses.models import CoursePage, LessonPage
from commerce.enrolments.models import Enrolment, RequirementSet
from commerce.learning import actions
from commerce.learning.models import Progress
from tests.fixtures import lesson_factory
from tests.fixtures.lesson_factory import TEXT

BEFORE = [
    ("enrolments", "0003_refund_terms"),
    ("learning", "0002_lapsed_and_moments"),
    ("courses", "0005_longest_sitting"),
]
AFTER = [
    ("courses", "0007_new_lessons_required"),
    ("enrolments", "0005_requirements_of_today"),
    ("learning", "0004_no_recount"),
]


def _migrate(targets: list[tuple[str, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate(targets)


@pytest.fixture
def release_before(learner, stranger, north) -> set[tuple[object, str]]:
    """An academy as the release before left it. Returns what its courses ask: course keys with digests."""
    for number in range(2):
        page = lesson_factory.course(f"Course {number}", lessons=[TEXT, lesson_factory.quiz(), TEXT], sections=2)
        LessonPage.objects.filter(pk=lesson_factory.lessons_of(page)[2].pk).update(live=False)
        lesson_factory.enrolled(learner, page)
    mine = lesson_factory.enrolled(stranger, page)
    actions.mark_viewed(enrolment=mine, lesson=lesson_factory.lessons_of(page)[0], now=clock.now())
    expected = set(RequirementSet.objects.values_list("course_key", "digest"))
    Enrolment.objects.filter(person=learner).update(course_title="Kept")
    Message.objects.create(name="learning.recount", created_at=clock.now(), due_at=clock.now())
    _migrate(BEFORE)
    return expected


def test_the_enrolled_are_asked_for_what_their_course_asks_today(release_before, stranger):
    _migrate(AFTER)

    assert set(RequirementSet.objects.values_list("course_key", "digest")) == release_before
    assert not Enrolment.objects.filter(requirement_set=None).exists()
    mine = Enrolment.objects.get(person=stranger)
    assert (mine.status, mine.percent) == ("active", 50)
    assert Enrolment.objects.filter(course_title="Kept").count() == 2
    assert Progress.objects.get().position_at is None
    assert not CoursePage.objects.filter(new_lessons_required=True).exists()
    assert LessonPage.objects.count() == 6


def test_nothing_waits_for_a_task_that_is_gone(release_before):
    _migrate(AFTER)

    assert not Message.objects.filter(name="learning.recount").exists()


def test_an_enrolment_whose_course_is_gone_is_asked_for_nothing(release_before):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enrolments_enrolment SET course_key = gen_random_uuid() WHERE course_title = 'Kept'")

    _migrate(AFTER)

    assert set(Enrolment.objects.filter(requirement_set=None).values_list("course_title", flat=True)) == {"Kept"}
