"""The kinds of lesson: every folder in `kinds` is one."""

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
    """When a lesson of a kind is complete.

    VIEWED: the learner says so.  WATCHED: `must_watch_percent` of the value's `duration_seconds` is covered.
    PASSED: an attempt at its quiz is passed.
    """

    VIEWED = "viewed"
    WATCHED = "watched"
    PASSED = "passed"


@dataclass(frozen=True)
class Score:
    """The result of an attempt: the points reached, unrounded, and the most there were."""

    points: Fraction
    most: int

    @property
    def percent(self) -> Fraction:
        return 100 * self.points / self.most if self.most else Fraction(0)


@dataclass(frozen=True)
class Quiz:
    """How lessons that are passed ask and grade. Questions and answer key are JSON, stored with the attempt.

    make_questions: (value, seed) -> the questions as the learner sees them, and the answer key, which never leaves the
    server. The key has `pass_percent`, `attempts_allowed` (0: no limit) and `limit_minutes` (0: no limit).
    clean: (questions, answers as sent) -> the answers to store. Raises ValueError with a message for the learner.
    grade: (answer_key, answers) -> Score.
    report: (questions, answer_key, answers) -> for each question what the feedback policy lets the learner know.
    attempts_allowed: (value) -> how many attempts a learner has; 0 is no limit.
    """

    make_questions: Callable[[StructValue, int], tuple[list[Json], Json]]
    clean: Callable[[list[Json], Any], Json]
    grade: Callable[[Json, Mapping[str, Any]], Score]
    report: Callable[[list[Json], Json, Mapping[str, Any]], list[Json]]
    attempts_allowed: Callable[[StructValue], int]


@dataclass(frozen=True)
class Kind:
    """One kind of lesson.

    body: returns the `body` of the lesson in the API, for those who may attend it; never contains an answer.
    template: the path of the template that shows the value on the lesson page, as `value`.
    """

    name: str
    label: str
    icon: str
    block: type[StructBlock]
    completion: Completion
    template: str
    body: Callable[[StructValue], Json]
    quiz: Quiz | None = None


@functools.cache
def kinds() -> dict[str, Kind]:
    """Return every kind by name, in the order of its folder's name."""
    modules = [
        import_module(f"{folder.__name__}.{module.name}")
        for module in pkgutil.iter_modules(folder.__path__)
        if module.ispkg
    ]
    return {module.KIND.name: module.KIND for module in modules}
