"""The questions and the answer key of one attempt, made from the editor's form when the attempt starts."""

import random
from collections.abc import Mapping
from typing import Any

from wagtail.blocks import StructValue

from catalog.activities.kinds.quiz import rules
from catalog.activities.registry import Quiz, Score

Json = dict[str, Any]

CHOICES = ("single", "multi")


def make_questions(value: StructValue, seed: int) -> tuple[list[Json], Json]:
    """Return the questions as shown to the learner, and their answer key. The seed decides the order if it is shuffled."""
    shuffler = random.Random(seed)
    children = list(value["questions"].bound_blocks)
    if value["shuffle"]:
        shuffler.shuffle(children)
    questions, keys = [], {}
    for child in children:
        options = _options(child.value)
        if value["shuffle"]:
            shuffler.shuffle(options)
        questions.append(_question(child, options))
        keys[child.id] = _key(child.value, options)
    settings = ("pass_percent", "attempts_allowed", "limit_minutes", "feedback_policy")
    return questions, {"seed": seed, "questions": keys, **{name: value[name] for name in settings}}


def _options(question: StructValue) -> list[Any]:
    if question["kind"] not in CHOICES:
        return []
    return [option for option in question["options"].bound_blocks if option.value["text"]]


def _question(child: Any, options: list[Any]) -> Json:
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


def grade(answer_key: Json, answers: Mapping[str, Any]) -> Score:
    reached, most = rules.points(answer_key, answers)
    return Score(points=reached, most=most)


def attempts_allowed(value: StructValue) -> int:
    return int(value["attempts_allowed"] or 0)


QUIZ = Quiz(
    make_questions=make_questions,
    clean=rules.clean,
    grade=grade,
    report=rules.report,
    attempts_allowed=attempts_allowed,
)
