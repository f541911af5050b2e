"""Arithmetic of progress and completion: what counts as watched, and when a course is complete. Imports no framework."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from academies.kernel.transitions import Transitions
from academies.kernel.translation import gettext_noop

Ranges = list[list[int]]

# Browsers offer up to double speed.
MAX_SPEED = 2
# What may be reported right after the start: two reports of fifteen seconds at double speed.
FIRST_SECONDS = 60
MAX_RANGES = 1000
# A hundred hours. Larger positions are rejected.
MAX_SECONDS = 360_000

ATTEMPT = Transitions(
    "learning.attempt",
    {
        "": frozenset({"started"}),
        "started": frozenset({"submitted", "lapsed"}),
        "submitted": frozenset(),
        "lapsed": frozenset(),
    },
)


class InvalidRanges(ValueError):
    """The data sent can't be ranges or a position."""


def parse_seconds(value: Any) -> int:
    """Return a position in whole seconds, rounded half up, so that adjacent ranges stay adjacent.

    Raises InvalidRanges if it is no number, not finite, negative or larger than MAX_SECONDS.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_SECONDS:
        raise InvalidRanges(gettext_noop("A position is a number of seconds, 0 or more."))
    return math.floor(value + 0.5)


def parse_ranges(watched: Any) -> Ranges:
    """Return ranges in whole seconds, in the order sent, without empty ones. Raises InvalidRanges."""
    if not isinstance(watched, list) or len(watched) > MAX_RANGES:
        raise InvalidRanges(gettext_noop("Send a list of at most 1,000 ranges."))
    ranges = []
    for pair in watched:
        if not isinstance(pair, list) or len(pair) != 2:
            raise InvalidRanges(gettext_noop("A range is a pair: [start, end]."))
        start, end = parse_seconds(pair[0]), parse_seconds(pair[1])
        if start > end:
            raise InvalidRanges(gettext_noop("A range ends after it starts."))
        if start < end:
            ranges.append([start, end])
    return ranges


def union_ranges(ranges: Iterable[Sequence[int]]) -> Ranges:
    """Return the same seconds as sorted ranges that neither overlap nor touch."""
    merged: Ranges = []
    for start, end in sorted((start, end) for start, end in ranges):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def covered_seconds(ranges: Iterable[Sequence[int]]) -> int:
    """Count the seconds of ranges that don't overlap."""
    return sum(end - start for start, end in ranges)


def uncovered(known: Ranges, start: int, end: int) -> Ranges:
    """Return the parts of a range that the known ranges, sorted and disjoint, don't cover."""
    gaps: Ranges = []
    for left, right in known:
        if right <= start:
            continue
        if left >= end:
            break
        if start < left:
            gaps.append([start, left])
        start = max(start, right)
    return [*gaps, [start, end]] if start < end else gaps


def max_watched_seconds(*, started_at: datetime, now: datetime, duration: int, needed_percent: int) -> int:
    """Return how many seconds a learner can have watched in all since they started a lesson.

    That is the time since the start at double speed, plus a first allowance for players that report before the start
    was recorded: a minute, but at most three quarters of what completes the lesson. The limit is for the total and not
    for each report, because reports arrive late, twice and in any order.
    """
    first = min(FIRST_SECONDS, duration * needed_percent * 3 // 400)
    return first + int(max(0.0, (now - started_at).total_seconds()) * MAX_SPEED)


def merge_ranges(known: Ranges, new: Iterable[Sequence[int]], *, duration: int, most: int) -> Ranges:
    """Add newly watched ranges to the known ones: sorted, disjoint, within [0, duration].

    most: how many seconds may be covered in all, from `max_watched_seconds`; what exceeds it is cut from the end of the
    new ranges. Known seconds are never lost, even if `most` or `duration` is smaller now.
    """
    merged = union_ranges(known)
    left = most - covered_seconds(merged)
    for start, end in new:
        for gap_start, gap_end in uncovered(merged, min(start, duration), min(end, duration)):
            if left <= 0:
                return merged
            gap_end = min(gap_end, gap_start + left)
            left -= gap_end - gap_start
            merged = union_ranges([*merged, [gap_start, gap_end]])
    return merged


def percent(part: int, whole: int) -> int:
    """Return a share as a whole percentage, rounded down: 100 means all of it. 0 of nothing is 0."""
    return min(100, 100 * part // whole) if whole > 0 else 0


def is_course_complete(*, rule: str, needed_percent: int, lessons: tuple[int, int], quizzes: tuple[int, int]) -> bool:
    """Return whether a completion rule is met.

    rule: `all_lessons`, `percent` or `quizzes`.  lessons, quizzes: (complete, all).  A course without lessons is never
    complete. In a course without quizzes, the rule `quizzes` requires all lessons.
    """
    done, total = lessons
    if total == 0:
        return False
    if rule == "percent":
        return 100 * done >= needed_percent * total and done > 0
    if rule == "quizzes" and quizzes[1]:
        return quizzes[0] == quizzes[1]
    return done == total
