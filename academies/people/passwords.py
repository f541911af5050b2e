import re

from django.core.exceptions import ValidationError

_NEEDS = (
    (r".{8,}", "at least 8 characters"),
    (r"[A-Z]", "a capital letter"),
    (r"[a-z]", "a small letter"),
    (r"\d", "a digit"),
    (r"[^\w\s]|_", "a sign such as - or !"),
)


class MixedCharacters:
    """A password has at least 8 characters, among them upper, lower, digit and sign."""

    def validate(self, password: str, user: object = None) -> None:
        missing = [name for pattern, name in _NEEDS if not re.search(pattern, password)]
        if missing:
            raise ValidationError(f"The password needs {', '.join(missing)}.", code="password_too_simple")

    def get_help_text(self) -> str:
        return "At least 8 characters with a capital letter, a small letter, a digit and a sign."
