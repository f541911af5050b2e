"""Video progress: reports, positions and completion."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from commerce.learning import actions, rules
from commerce.learning.models import Progress
from tests.fixtures import lesson_factory
from tests.fixtures.concurrency import at_once, people_of
from tests.fixtures.lesson_factory import TEXT, VIDEO

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def lesson(north):
    return lesson_factory.lessons_of(lesson_factory.course(lessons=[VIDEO, TEXT]))[0]


@pytest.fixture
def enrolment(learner, lesson):
    return lesson_factory.enrolled(learner, lesson.get_parent().get_parent().specific)


def watch(enrolment, lesson, ranges, *, at=NOW, position=None):
    return actions.record_watched(
        enrolment=enrolment, lesson=lesson, ranges=rules.parse_ranges(ranges), position_seconds=position, now=at
    )


@pytest.mark.django_db
def test_what_was_watched_adds_up(enrolment, lesson):
    watch(enrolment, lesson, [[0, 30], [45, 60]], position=60)

    progress = watch(enrolment, lesson, [[20, 50]], at=NOW + timedelta(seconds=20), position=50)

    assert (progress.ranges, progress.percent, progress.position_seconds) == ([[0, 60]], 10, 50)
    assert Progress.objects.get().ranges == [[0, 60]]


@pytest.mark.django_db
def test_the_end_of_the_video_alone_completes_nothing(enrolment, lesson):
    progress = watch(enrolment, lesson, [[590, 600]], position=600)

    assert (progress.percent, progress.completed_at) == (1, None)


@pytest.mark.django_db
def test_nobody_watches_ten_minutes_in_one(enrolment, lesson):
    watch(enrolment, lesson, [[0, 600]])

    progress = watch(enrolment, lesson, [[0, 600]], at=NOW + timedelta(minutes=1))

    assert (progress.ranges, progress.percent, progress.completed_at) == ([[0, 180]], 30, None)


@pytest.mark.django_db
def test_many_quick_reports_count_no_more_than_one(enrolment, lesson):
    for start in range(0, 600, 10):
        progress = watch(enrolment, lesson, [[start, start + 10]])

    assert rules.covered_seconds(progress.ranges) == rules.FIRST_SECONDS


@pytest.mark.django_db
def test_enough_watched_completes_the_lesson_once(enrolment, lesson):
    watch(enrolment, lesson, [[0, 30]])
    enough, more = NOW + timedelta(minutes=8), NOW + timedelta(minutes=12)

    first = watch(enrolment, lesson, [[0, 540]], at=enough)
    second = watch(enrolment, lesson, [[540, 600]], at=more)

    assert (first.percent, first.completed_at) == (90, enough)
    assert (second.percent, second.completed_at) == (100, enough)
    enrolment.refresh_from_db()
    assert enrolment.percent == 50


@pytest.mark.django_db
def test_a_batch_from_a_train_without_a_network_counts_when_it_arrives(enrolment, lesson):
    actions.start_lesson(enrolment=enrolment, lesson=lesson, now=NOW)

    progress = watch(enrolment, lesson, [[0, 300], [300, 600]], at=NOW + timedelta(minutes=10))

    assert progress.completed_at is not None


@pytest.mark.django_db
def test_an_old_report_does_not_move_the_position_back(enrolment, lesson):
    watch(enrolment, lesson, [[0, 20]], at=NOW + timedelta(seconds=30), position=200)

    progress = watch(enrolment, lesson, [[20, 40]], at=NOW, position=40)

    assert (progress.ranges, progress.position_seconds) == ([[0, 40]], 200)


@pytest.mark.django_db
@pytest.mark.parametrize(("sent", "stored"), [(599, 599), (600, 600), (603, 600), (9999, 600)])
def test_a_position_past_the_end_is_the_end_and_counts_for_nothing(enrolment, lesson, sent, stored):
    progress = watch(enrolment, lesson, [], position=sent)

    assert (progress.position_seconds, progress.percent) == (stored, 0)
    assert Progress.objects.get().position_seconds == stored


@pytest.mark.django_db
def test_what_lies_past_the_end_was_not_watched(enrolment, lesson):
    progress = watch(enrolment, lesson, [[590, 9999], [5000, 6000]], at=NOW + timedelta(hours=1))

    assert progress.ranges == [[590, 600]]


@pytest.mark.django_db
def test_a_report_that_was_sent_earlier_and_comes_late_moves_no_position(enrolment, lesson):
    later, report = NOW + timedelta(seconds=20), {"enrolment": enrolment, "lesson": lesson}
    actions.record_watched(
        **report, ranges=[[0, 5]], position_seconds=5, now=later, sent_at=NOW + timedelta(seconds=10)
    )

    late = actions.record_watched(**report, ranges=[[5, 9]], position_seconds=0, now=later, sent_at=NOW)
    newer = actions.record_watched(
        **report, ranges=[], position_seconds=3, now=later, sent_at=NOW + timedelta(seconds=15)
    )

    assert (late.ranges, late.position_seconds) == ([[0, 9]], 5)
    assert newer.position_seconds == 3


@pytest.mark.django_db
def test_a_clock_that_is_ahead_shuts_nobody_out(enrolment, lesson):
    report = {"enrolment": enrolment, "lesson": lesson, "ranges": []}
    actions.record_watched(**report, position_seconds=50, now=NOW, sent_at=NOW + timedelta(days=1))

    progress = actions.record_watched(**report, position_seconds=60, now=NOW + timedelta(seconds=15))

    assert progress.position_seconds == 60


@pytest.mark.django_db
def test_a_film_watched_without_a_player_that_reports_is_bounded_by_the_clock(enrolment, lesson):
    actions.start_lesson(enrolment=enrolment, lesson=lesson, now=NOW)

    early = actions.record_all_watched(enrolment=enrolment, lesson=lesson, now=NOW + timedelta(minutes=1))
    enough = actions.record_all_watched(enrolment=enrolment, lesson=lesson, now=NOW + timedelta(minutes=10))

    assert (early.percent, early.completed_at) == (30, None)
    assert (enough.percent, enough.completed_at is not None) == (100, True)


@pytest.mark.django_db
def test_a_longer_cut_of_the_video_takes_no_percent_away(enrolment, lesson):
    watch(enrolment, lesson, [[0, 60]])
    lesson.activity[0].value["duration_seconds"] = 6000
    lesson.save_revision().publish()
    lesson.refresh_from_db()

    progress = watch(enrolment, lesson, [[60, 61]], at=NOW + timedelta(minutes=1))

    assert (progress.ranges, progress.percent) == ([[0, 61]], 10)


@pytest.mark.django_db
def test_a_text_is_not_watched(enrolment, lesson):
    text = lesson.get_next_siblings().specific().first()

    with pytest.raises(actions.WrongLessonKind):
        watch(enrolment, text, [[0, 30]])


def _report(enrolment, lesson, number):
    return watch(enrolment, lesson, [[number * 10, number * 10 + 10]], at=NOW + timedelta(hours=1), position=number)


def _report_carelessly(enrolment, lesson, number, all_have_read):
    """As `watch`, but writing over whatever came between."""
    progress = Progress.objects.get(enrolment=enrolment, lesson_key=lesson.translation_key)
    merged = rules.merge_ranges(progress.ranges, [[number * 10, number * 10 + 10]], duration=600, most=600)
    all_have_read.wait(30)
    Progress.objects.filter(pk=progress.pk).update(ranges=merged)


@pytest.mark.threads
def test_reports_from_many_devices_at_once_all_count(committed_academy):
    page = lesson_factory.course(lessons=[VIDEO])
    [lesson] = lesson_factory.lessons_of(page)
    careful, careless = [lesson_factory.enrolled(person, page) for person in people_of(committed_academy, 2)]
    for enrolment in (careful, careless):
        actions.start_lesson(enrolment=enrolment, lesson=lesson, now=NOW)
    all_have_read = threading.Barrier(12)

    results = at_once(12, lambda number: _report(careful, lesson, number))
    at_once(12, lambda number: _report_carelessly(careless, lesson, number, all_have_read))

    assert not [result for result in results if isinstance(result, BaseException)]
    assert Progress.objects.get(enrolment=careful).ranges == [[0, 120]]
    assert rules.covered_seconds(Progress.objects.get(enrolment=careless).ranges) < 120


@pytest.mark.threads
def test_a_first_report_may_come_from_many_devices_at_once(committed_academy):
    lesson = lesson_factory.lessons_of(lesson_factory.course(lessons=[VIDEO]))[0]
    [person] = people_of(committed_academy, 1)
    enrolment = lesson_factory.enrolled(person, lesson.get_parent().get_parent().specific)

    results = at_once(8, lambda number: watch(enrolment, lesson, [[number, number + 1]]))

    assert not [result for result in results if isinstance(result, BaseException)]
    assert Progress.objects.get().ranges == [[0, 8]]
