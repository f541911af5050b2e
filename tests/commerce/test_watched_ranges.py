"""Watched ranges: merging, clock limits, percentages."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.learning import rules

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAIR = st.tuples(st.integers(0, 400), st.integers(0, 400)).map(sorted)
BATCH = st.lists(PAIR, max_size=8)
ENDLESS = 10**9


def seconds_in(ranges):
    return {second for start, end in ranges for second in range(start, end)}


@given(BATCH, BATCH, st.integers(1, 300))
def test_merging_covers_both_and_nothing_else(known, new, duration):
    known = rules.merge_ranges([], known, duration=duration, most=ENDLESS)

    merged = rules.merge_ranges(known, new, duration=duration, most=ENDLESS)

    assert seconds_in(merged) == seconds_in(known) | {at for at in seconds_in(new) if at < duration}
    assert all(left[1] < right[0] for left, right in pairwise(merged))
    assert all(0 <= start < end <= duration for start, end in merged)


@given(st.lists(BATCH, max_size=6), st.randoms())
def test_batches_in_any_order_and_twice_give_the_same_result(batches, order):
    shuffled = [*batches, *batches[:2]]
    order.shuffle(shuffled)

    def after(sent):
        known = []
        for batch in sent:
            known = rules.merge_ranges(known, batch, duration=300, most=ENDLESS)
        return known

    assert after(batches) == after(shuffled)


@given(BATCH, BATCH, st.integers(0, 500))
def test_no_more_is_covered_than_the_clock_allows_and_nothing_is_lost(known, new, most):
    known = rules.merge_ranges([], known, duration=400, most=ENDLESS)

    merged = rules.merge_ranges(known, new, duration=400, most=most)

    assert seconds_in(known) <= seconds_in(merged)
    assert rules.covered_seconds(merged) <= max(most, rules.covered_seconds(known))
    assert rules.covered_seconds(merged) >= min(most, len(seconds_in(known) | seconds_in(new)))


@given(BATCH, st.integers(1, 200))
def test_a_video_made_shorter_takes_nothing_away(new, duration):
    known = [[0, 300]]

    merged = rules.merge_ranges(known, new, duration=duration, most=ENDLESS)

    assert merged == known


@given(st.lists(st.tuples(st.floats(5, 40), st.floats(0.25, 2.0)), min_size=1, max_size=20), st.integers(30, 900))
@settings(max_examples=200)
def test_an_honest_player_is_never_cut(reports, duration):
    """Reports every few seconds, at any speed up to double, from the moment the lesson was opened."""
    known, at, now = [], 0.0, BEGAN
    for wait, speed in reports:
        now += timedelta(seconds=wait)
        start, at = at, min(at + wait * speed, duration)
        most = rules.max_watched_seconds(started_at=BEGAN, now=now, duration=duration, needed_percent=90)
        known = rules.merge_ranges(
            known, rules.parse_ranges([[round(start, 1), round(at, 1)]]), duration=duration, most=most
        )

    assert rules.covered_seconds(known) == rules.parse_seconds(round(at, 1))


def test_the_first_report_is_taken_before_the_clock_has_run():
    most = rules.max_watched_seconds(started_at=BEGAN, now=BEGAN, duration=600, needed_percent=90)

    merged = rules.merge_ranges([], rules.parse_ranges([[0, 30], [45, 60]]), duration=600, most=most)

    assert merged == [[0, 30], [45, 60]]


@given(st.integers(1, 5000), st.integers(1, 100))
def test_the_first_allowance_never_completes_a_lesson(duration, needed):
    most = rules.max_watched_seconds(started_at=BEGAN, now=BEGAN, duration=duration, needed_percent=needed)

    merged = rules.merge_ranges([], [[0, duration]], duration=duration, most=most)

    assert 100 * rules.covered_seconds(merged) < needed * duration


def test_a_clock_that_went_backwards_allows_what_it_allowed_at_first():
    before = BEGAN - timedelta(hours=1)

    assert rules.max_watched_seconds(started_at=BEGAN, now=before, duration=600, needed_percent=90) == 60


@pytest.mark.parametrize(
    "junk",
    [
        None,
        "0-30",
        {"0": 30},
        [0, 30],
        [[0]],
        [[0, 1, 2]],
        [["0", "30"]],
        [[-1, 30]],
        [[30, 0]],
        [[0, float("nan")]],
        [[0, float("inf")]],
        [[0, 1e300]],
        [[0, 10**400]],
        [[True, 30]],
        [[None, 30]],
        [[[0], 30]],
        [[0, 1]] * 1001,
        [[0, 1]] * 10**6,
    ],
    ids=lambda junk: str(junk)[:24],
)
def test_junk_is_refused(junk):
    with pytest.raises(rules.InvalidRanges):
        rules.parse_ranges(junk)


def test_fractions_of_a_second_leave_no_gaps():
    merged = rules.merge_ranges([], rules.parse_ranges([[0, 15.5], [15.5, 30.4]]), duration=100, most=ENDLESS)

    assert merged == [[0, 30]]


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(0, 0, 0), (1, 3, 33), (199, 200, 99), (3, 3, 100), (9, 3, 100)]
)
def test_a_percentage_is_rounded_down(part, whole, percent):
    assert rules.percent(part, whole) == percent


@pytest.mark.parametrize(
    ("rule", "lessons", "quizzes", "complete"),
    [
        ("all_lessons", (0, 0), (0, 0), False),
        ("all_lessons", (5, 6), (1, 1), False),
        ("all_lessons", (6, 6), (1, 1), True),
        ("percent", (4, 6), (0, 1), False),
        ("percent", (5, 6), (0, 1), True),
        ("quizzes", (1, 6), (0, 1), False),
        ("quizzes", (1, 6), (1, 1), True),
        ("quizzes", (5, 6), (0, 0), False),
        ("quizzes", (6, 6), (0, 0), True),
    ],
)
def test_a_course_is_complete_by_its_rule(rule, lessons, quizzes, complete):
    assert rules.is_course_complete(rule=rule, needed_percent=80, lessons=lessons, quizzes=quizzes) is complete
