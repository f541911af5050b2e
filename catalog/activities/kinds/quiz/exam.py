"""A quiz's paper and key, made from the editor's form when an attempt starts, and then never changed."""

import random
from collections.abc import Mapping
from typing import Any

from wagtail.blocks import StructValue

from catalog.activities.kinds.quiz import rules
from catalog.activities.registry import Exam, Score

Json = dict[str, Any]

CHOICES = ("single", "multi")


def paper(value: StructValue, seed: int) -> tuple[list[Json], Json]:
    """Return the questions as asked and their key. The seed alone decides the order, if the editor wants it shuffled."""
    order = random.Random(seed)
    children = list(value["questions"].bound_blocks)
    if value["shuffle"]:
        order.shuffle(children)
    asked, keys = [], {}
    for child in children:
        options = _options(child.value)
        if value["shuffle"]:
            order.shuffle(options)
        asked.append(_asked(child, options))
        keys[child.id] = _key(child.value, options)
    terms = ("pass_percent", "attempts_allowed", "limit_minutes", "feedback_policy")
    return asked, {"seed": seed, "questions": keys, **{name: value[name] for name in terms}}


def _options(question: StructValue) -> list[Any]:
    if question["kind"] not in CHOICES:
        return []
    return [option for option in question["options"].bound_blocks if option.value["text"]]


def _asked(child: Any, options: list[Any]) -> Json:
    return {
        "id": child.id,
        "kind": child.value["kind"],
        "text": child.value["text"],
        "options": [{"id": option.id, "text": option.value["text"]} for option in options],
    }


def _key(question: StructValue, options: list[Any]) -> Json:
    return {
        "kind": question["kind"],
        "points": question["points"],
        "right": [option.id for option in options if option.value["right"]],
        "accepted": [] if question["kind"] in CHOICES else list(question["accepted"]),
        "tolerance": str(question["tolerance"] or 0),
        "feedback": question["feedback"],
    }


def grade(key: Json, answers: Mapping[str, Any]) -> Score:
    reached, most = rules.points(key, answers)
    return Score(points=reached, most=most)


EXAM = Exam(paper=paper, clean=rules.clean, grade=grade, report=rules.report)
