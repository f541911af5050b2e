"""The kinds of lesson, found by their folders."""

import functools
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from importlib import import_module
from typing import Any

from wagtail.blocks import StructBlock, StructValue

from catalog.activities import kinds as folder

Json = dict[str, Any]


class Completion(StrEnum):
    """What makes a lesson of a kind complete.

    VIEWED: the learner says so.  WATCHED: `must_watch_percent` of the value's `duration_seconds` is covered.
    PASSED: an attempt at its exam is passed.
    """

    VIEWED = "viewed"
    WATCHED = "watched"
    PASSED = "passed"


@dataclass(frozen=True)
class Score:
    """What an attempt is worth: points reached, unrounded, of points there were."""

    points: Fraction
    most: int

    @property
    def percent(self) -> Fraction:
        return 100 * self.points / self.most if self.most else Fraction(0)


@dataclass(frozen=True)
class Exam:
    """How lessons that are passed are sat and graded. Everything it makes is JSON, frozen with the attempt.

    paper: (value, seed) -> what the learner may see, and the key, which never leaves the server. The key has
    `pass_percent`, `attempts_allowed` (0: no limit) and `limit_minutes` (0: no limit).
    clean: (paper, answers as sent) -> the same answers, tidied. Raises ValueError saying what is wrong.
    grade: (key, answers) -> Score.
    report: (paper, key, answers) -> one entry a question, holding what the key's feedback policy lets a learner know.
    """

    paper: Callable[[StructValue, int], tuple[list[Json], Json]]
    clean: Callable[[list[Json], Any], Json]
    grade: Callable[[Json, Mapping[str, Any]], Score]
    report: Callable[[list[Json], Json, Mapping[str, Any]], list[Json]]


@dataclass(frozen=True)
class Kind:
    """One kind of lesson.

    body: turns the block's value into the `body` that the entitled read through the API; never holds an answer.
    template: the path of the fragment that shows the value on the lesson page, as `value`.
    """

    name: str
    label: str
    icon: str
    block: type[StructBlock]
    completion: Completion
    template: str
    body: Callable[[StructValue], Json]
    exam: Exam | None = None


@functools.cache
def kinds() -> dict[str, Kind]:
    """Return every kind by name, in the order of its folder's name."""
    found = [
        import_module(f"{folder.__name__}.{module.name}").KIND
        for module in pkgutil.iter_modules(folder.__path__)
        if module.ispkg
    ]
    return {kind.name: kind for kind in found}
