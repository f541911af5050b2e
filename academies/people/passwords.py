import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_NEEDS = (
    (r".{8,}", "at least 8 characters"),
    (r"[A-Z]", "a capital letter"),
    (r"[a-z]", "a small letter"),
    (r"\d", "a digit"),
    (r"[^\w\s]|_", "a sign such as - or !"),
)


class MixedCharacters:
    """Requires at least 8 characters, among them a capital letter, a small letter, a digit and a symbol."""

    def validate(self, password: str, user: object = None) -> None:
        missing = [_(name) for pattern, name in _NEEDS if not re.search(pattern, password)]
        if missing:
            message = _("The password needs %(missing)s.") % {"missing": ", ".join(missing)}
            raise ValidationError(message, code="password_too_simple")

    def get_help_text(self) -> str:
        return _("At least 8 characters with a capital letter, a small letter, a digit and a sign.")
