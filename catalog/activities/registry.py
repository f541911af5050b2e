"""The kinds of lesson, found by their folders."""

import functools
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any

from wagtail.blocks import StructBlock, StructValue

from catalog.activities import kinds as folder


class Completion(StrEnum):
    """What makes a lesson of a kind complete."""

    VIEWED = "viewed"
    WATCHED = "watched"
    PASSED = "passed"


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
    body: Callable[[StructValue], dict[str, Any]]


@functools.cache
def kinds() -> dict[str, Kind]:
    """Return every kind by name, in the order of its folder's name."""
    found = [
        import_module(f"{folder.__name__}.{module.name}").KIND
        for module in pkgutil.iter_modules(folder.__path__)
        if module.ispkg
    ]
    return {kind.name: kind for kind in found}
