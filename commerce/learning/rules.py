"""Arithmetic of progress and completion: what counts as watched, and when a course is complete."""

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

Ranges = list[list[int]]

# Browsers offer up to double speed; who plays faster has the rest counted when they come back to it.
MAX_SPEED = 2
# What may be claimed before the clock has run at all: two reports of fifteen seconds at double speed.
FIRST_SECONDS = 60
MAX_RANGES = 1000
# A hundred hours: beyond it, a number is no position in a video.
MAX_SECONDS = 360_000

_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$", re.ASCII)


class Junk(ValueError):
    """What was sent as ranges or as a position can't be one."""


def seconds(value: Any) -> int:
    """Return a position as a whole second, rounded half up, so that neighbours that touch still touch.

    Raises Junk for what is no number, not finite, negative or absurdly large.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_SECONDS:
        raise Junk("A position is a number of seconds, 0 or more.")
    return math.floor(value + 0.5)


def parse(watched: Any) -> Ranges:
    """Return ranges as whole seconds, in the order sent, without empty ones. Raises Junk."""
    if not isinstance(watched, list) or len(watched) > MAX_RANGES:
        raise Junk(f"Send a list of at most {MAX_RANGES} ranges.")
    found = []
    for pair in watched:
        if not isinstance(pair, list) or len(pair) != 2:
            raise Junk("A range is a pair: [start, end].")
        start, end = seconds(pair[0]), seconds(pair[1])
        if start > end:
            raise Junk("A range ends after it starts.")
        if start < end:
            found.append([start, end])
    return found


def union(ranges: Iterable[Sequence[int]]) -> Ranges:
    """Return the same seconds as sorted ranges that neither overlap nor touch."""
    merged: Ranges = []
    for start, end in sorted((start, end) for start, end in ranges):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def covered(ranges: Iterable[Sequence[int]]) -> int:
    """Count the seconds of ranges that don't overlap."""
    return sum(end - start for start, end in ranges)


def missing(known: Ranges, start: int, end: int) -> Ranges:
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


def allowance(*, started_at: datetime, now: datetime, duration: int, needed_percent: int) -> int:
    """Return how many seconds can have been watched in all since somebody began a lesson.

    Time since the beginning at double speed, plus a first allowance for players that report before anything else tells
    us they began: a minute, but at most three quarters of what completes the lesson, so that it never completes one.
    It bounds the whole, not each report, because reports come late, twice and in any order.
    """
    first = min(FIRST_SECONDS, duration * needed_percent * 3 // 400)
    return first + int(max(0.0, (now - started_at).total_seconds()) * MAX_SPEED)


def merge(known: Ranges, new: Iterable[Sequence[int]], *, duration: int, most: int) -> Ranges:
    """Add newly watched ranges to the known ones: sorted, disjoint, within [0, duration].

    most: how many seconds may be covered in all (see `allowance`); what goes beyond is cut from the new ranges, the
    last one first. Known seconds are never lost, whatever `most` and `duration` have become.
    """
    merged = union(known)
    left = most - covered(merged)
    for start, end in new:
        for gap_start, gap_end in missing(merged, min(start, duration), min(end, duration)):
            if left <= 0:
                return merged
            gap_end = min(gap_end, gap_start + left)
            left -= gap_end - gap_start
            merged = union([*merged, [gap_start, gap_end]])
    return merged


def percent(part: int, whole: int) -> int:
    """Return a share as a whole percentage, rounded down: 100 means all of it. 0 of nothing is 0."""
    return min(100, 100 * part // whole) if whole > 0 else 0


def is_course_complete(*, rule: str, needed_percent: int, lessons: tuple[int, int], quizzes: tuple[int, int]) -> bool:
    """Answer whether a completion rule is met.

    rule: `all_lessons`, `percent` or `quizzes`.  lessons, quizzes: (complete, all).  An empty course is never complete,
    and a course without a quiz can't be completed by its quizzes: then every lesson counts.
    """
    done, total = lessons
    if total == 0:
        return False
    if rule == "percent":
        return 100 * done >= needed_percent * total and done > 0
    if rule == "quizzes" and quizzes[1]:
        return quizzes[0] == quizzes[1]
    return done == total


class OutOfRange(ValueError):
    """The bytes asked for lie behind the end of the file."""


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the first and the last byte that a Range header asks for; None when the whole file is to be sent.

    Several ranges, other units and nonsense mean the whole file. Raises OutOfRange.  Source: RFC 9110, section 14.
    """
    found = _RANGE.match(header.strip())
    if found is None or not any(found.groups()):
        return None
    start, end = found.groups()
    if start:
        first, last = int(start), min(int(end), size - 1) if end else size - 1
        if end and int(end) < int(start):
            return None
    else:
        first, last = max(0, size - int(end)), size - 1
    if first > last:
        raise OutOfRange
    return first, last
