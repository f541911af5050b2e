"""The default texts of emails: the files in templates/mail, as editors see them.

Editors see them in the language of the academy's emails, without translation tags.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Context, TemplateSyntaxError
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from academies.notifications.rendering import compiled
from academies.tenants.languages import page_language

_FOLDER = Path(settings.BASE_DIR) / "templates" / "mail"
_WRAPPER = re.compile(r"{% (end)?autoescape( off)? %}|{% load i18n %}")
_SENTENCE = re.compile(r"{% blocktranslate trimmed %}(.*?){% endblocktranslate %}", re.DOTALL)
_VARIABLE = re.compile(r"{{\s*(\w+)|{%\s*(?:if|elif)\s+(\w+)|{%\s*for\s+\w+\s+in\s+(\w+)")
_LOOP = re.compile(r"{%\s*for\s+(\w+)\s+in")
# The variable that a text must contain if its default has it: a verification email is useless without its link.
NEEDED = "link"
_SAMPLE: dict[str, Any] = {
    "name": "Ana", "academy": "Your academy", "origin": "https://academy.example", "link": "/account/secret-link/",
    "path": "/my/", "number": 1042, "total": "49.00", "amount": "49.00", "items": ["A course", "A seat at an event"],
    "dates": ["5 December, 18:30 (the draft says: 12 December, 18:30)"],
    "course": "A course", "event": "An event", "title": "A course", "when": "5 December, 18:30", "until": "6 December, 12:00",
    "role": "Editor", "by": "The owner", "code": "ABCD-2345-EFGH",
}  # fmt: skip


# Every kind of email and its name in the admin.
LABELS = {
    "certificate_issued": _("Certificate issued"),
    "date_cancelled": _("Date cancelled"),
    "date_moved": _("Date moved"),
    "dates_kept": _("Dates not moved"),
    "enrolled": _("Enrolled"),
    "invitation": _("Invitation"),
    "order_paid": _("Order paid"),
    "order_refunded": _("Order refunded"),
    "paid_seat_given_up": _("Paid seat cancelled"),
    "password_changed": _("Password changed"),
    "password_reset": _("Password reset"),
    "payment_too_late": _("Late payment"),
    "refund_failed": _("Refund failed"),
    "seat_cancelled": _("Seat cancelled"),
    "seat_confirmed": _("Seat confirmed"),
    "seat_lapsed": _("Seat expired"),
    "seat_offered": _("Seat offered"),
    "seat_waiting": _("On the waiting list"),
    "sign_in_ended": _("Sign-in ended"),
    "verify_email": _("Verify email"),
}


@dataclass(frozen=True)
class DefaultTemplate:
    """The default text of one kind of email. words: the variables it may use."""

    kind: str
    label: str
    subject: str
    body: str
    words: tuple[str, ...]

    def sample(self) -> dict[str, Any]:
        return {word: _SAMPLE.get(word, word.replace("_", " ")) for word in self.words}


def default_templates() -> dict[str, DefaultTemplate]:
    """Return the default text of every kind of email, in the language of the academy's emails."""
    with override(page_language()):
        return _default_templates(get_language())


@cache
def _default_templates(language: str) -> dict[str, DefaultTemplate]:
    return {kind: _read(kind) for kind in LABELS}


def _read(kind: str) -> DefaultTemplate:
    text = _SENTENCE.sub(_translated, _WRAPPER.sub("", (_FOLDER / f"{kind}.txt").read_text()))
    subject, _, body = text.strip().partition("\n")
    names = {next(filter(None, groups)) for groups in _VARIABLE.findall(text)} - set(_LOOP.findall(text))
    words = tuple(sorted(names | {"name", "academy", "origin"}))
    return DefaultTemplate(kind, str(LABELS[kind]), subject, body.strip(), words)


def _translated(match: re.Match[str]) -> str:
    """Return a sentence as `blocktranslate` would translate it, with its variables unfilled."""
    source = " ".join(match[1].split()).replace("%", "%%")
    sentence = gettext(re.sub(r"{{ (\w+) }}", r"%(\1)s", source))
    return re.sub(r"%\((\w+)\)s", r"{{ \1 }}", sentence).replace("%%", "%")


def render(text: str, context: Mapping[str, Any]) -> str:
    """Render an editor's text. Raises TemplateSyntaxError."""
    try:
        return compiled(text).render(Context(dict(context), autoescape=False))
    except RecursionError:
        raise TemplateSyntaxError("These are too many conditions inside one another.") from None
