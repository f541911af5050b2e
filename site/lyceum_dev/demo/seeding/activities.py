"""The activity of a lesson as the raw value of its stream field, with one function per kind."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from academies.people.models import User
from lyceum_dev.demo import loader, prose
from lyceum_dev.demo.seeding import library

_NAMES = uuid.UUID("5d0c8a52-6a0e-4a52-9c5b-6d1f2f1f7c11")


def stream(lesson: loader.Lesson, *, schema: str, path: str, editor: User) -> list[dict[str, Any]]:
    """Return the activity of a lesson. path: ids are derived from it, so that they are the same each time."""
    value = _KINDS[lesson.kind](lesson.content, schema, path, editor)
    return [{"type": lesson.kind, "value": value, "id": _id(path)}]


def _id(path: str) -> str:
    return str(uuid.uuid5(_NAMES, path))


def _text(content: Mapping[str, Any], schema: str, path: str, editor: User) -> dict[str, Any]:
    return {"text": prose.html(content["text"])}


def _video(content: Mapping[str, Any], schema: str, path: str, editor: User) -> dict[str, Any]:
    return {
        "url": "",
        "file": library.video(content["video"], schema, editor).pk,
        "captions": library.captions(content["video"], schema, editor).pk,
        "duration_seconds": content["duration_seconds"],
        "must_watch_percent": content["must_watch_percent"],
        "transcript": content["transcript"].strip(),
        "notes": prose.html(content["notes"]),
    }


def _pdf(content: Mapping[str, Any], schema: str, path: str, editor: User) -> dict[str, Any]:
    return {
        "file": library.sheet(content["sheet"]["file"], content["sheet"]["title"], schema, editor).pk,
        "introduction": prose.html(content["introduction"]),
    }


def _quiz(content: Mapping[str, Any], schema: str, path: str, editor: User) -> dict[str, Any]:
    questions = [
        _item(_question(question, f"{path}/{number}"), f"{path}/{number}")
        for number, question in enumerate(content["questions"], 1)
    ]
    return {
        "introduction": content["introduction"],
        "pass_percent": content["pass_percent"],
        "attempts_allowed": content["attempts_allowed"],
        "limit_minutes": content.get("limit_minutes", 0),
        "shuffle": True,
        "feedback_policy": content["feedback_policy"],
        "questions": questions,
    }


def _question(raw: Mapping[str, Any], path: str) -> dict[str, Any]:
    options = [
        _item({"text": text, "right": number in raw["right"]}, f"{path}/option {number}")
        for number, text in enumerate(raw.get("options", []), 1)
    ]
    accepted = [_item(text, f"{path}/accepted {number}") for number, text in enumerate(raw.get("accepted", []), 1)]
    return {
        "kind": raw.get("kind", "single"),
        "text": raw["text"],
        "points": 1,
        "options": options,
        "accepted": accepted,
        "tolerance": raw.get("tolerance"),
        "feedback": raw["feedback"],
    }


def _item(value: Any, path: str) -> dict[str, Any]:
    return {"type": "item", "value": value, "id": _id(path)}


_Builder = Callable[[Mapping[str, Any], str, str, User], dict[str, Any]]
_KINDS: dict[str, _Builder] = {"text": _text, "video": _video, "pdf": _pdf, "quiz": _quiz}
