import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_NEEDS = (
    (r".{8,}", _("at least 8 characters")),
    (r"[A-Z]", _("a capital letter")),
    (r"[a-z]", _("a small letter")),
    (r"\d", _("a digit")),
    (r"[^\w\s]|_", _("a symbol such as - or !")),
)


class MixedCharacters:
    """Requires at least 8 characters, among them a capital letter, a small letter, a digit and a symbol."""

    def validate(self, password: str, user: object = None) -> None:
        missing = [str(name) for pattern, name in _NEEDS if not re.search(pattern, password)]
        if missing:
            message = gettext("The password needs %(missing)s.") % {"missing": ", ".join(missing)}
            raise ValidationError(message, code="password_too_simple")

    def get_help_text(self) -> str:
        return gettext("At least 8 characters with a capital letter, a small letter, a digit and a symbol.")
