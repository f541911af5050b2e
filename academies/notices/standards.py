"""The words we send where an academy has none of its own: the files of templates/mail, as editors read them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Context, TemplateSyntaxError

from academies.notices.words import compiled

_FOLDER = Path(settings.BASE_DIR) / "templates" / "mail"
_WRAPPER = re.compile(r"{% (end)?autoescape( off)? %}")
_WORD = re.compile(r"{{\s*(\w+)|{%\s*(?:if|elif)\s+(\w+)|{%\s*for\s+\w+\s+in\s+(\w+)")
_LOOP = re.compile(r"{%\s*for\s+(\w+)\s+in")
# What a message would be without: the mail that proves an address must hold the address to click on.
NEEDED = "link"
_SAMPLE: dict[str, Any] = {
    "name": "Ana", "academy": "Your academy", "origin": "https://academy.example", "link": "/account/secret-link/",
    "path": "/my/", "number": 1042, "total": "49.00", "amount": "49.00", "items": ["A course", "A seat at an event"],
    "dates": ["5 December, 18:30 (the draft says: 12 December, 18:30)"],
    "course": "A course", "event": "An event", "title": "A course", "when": "5 December, 18:30", "until": "6 December, 12:00",
    "role": "Editor", "by": "The owner", "code": "ABCD-2345-EFGH",
}  # fmt: skip


@dataclass(frozen=True)
class Standard:
    """The standard text of one kind of message. words: the names it may fill in."""

    kind: str
    label: str
    subject: str
    body: str
    words: tuple[str, ...]

    def sample(self) -> dict[str, Any]:
        return {word: _SAMPLE.get(word, word.replace("_", " ")) for word in self.words}


@cache
def standards() -> dict[str, Standard]:
    """Return every kind of message by its name."""
    return {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.txt"))}


def _read(path: Path) -> Standard:
    text = _WRAPPER.sub("", path.read_text())
    subject, _, body = text.strip().partition("\n")
    found = {next(filter(None, groups)) for groups in _WORD.findall(text)} - set(_LOOP.findall(text))
    words = tuple(sorted(found | {"name", "academy", "origin"}))
    return Standard(path.stem, path.stem.replace("_", " ").capitalize(), subject, body.strip(), words)


def fill(text: str, context: Mapping[str, Any]) -> str:
    """Return an editor's words with the values filled in. Raises TemplateSyntaxError."""
    try:
        return compiled(text).render(Context(dict(context), autoescape=False))
    except RecursionError:
        raise TemplateSyntaxError("These are too many conditions inside one another.") from None
