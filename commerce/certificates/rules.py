"""Codes as people type them, and what a certificate is worth on a day."""

import re
import unicodedata
from datetime import date

_SIGN = re.compile(r"[^0-9A-Z]")
_GROUPS, _SIZE = 3, 4
_LONGEST = 200


def normal_code(typed: str) -> str:
    """Return a code as it is stored, such as `7KQF-M2XA-9TBD`, however it was typed; "" when it can't be one.

    Case, spaces, hyphens and dashes of any kind don't matter.
    """
    signs = _SIGN.sub("", unicodedata.normalize("NFKC", typed[:_LONGEST]).upper())
    if len(signs) != _GROUPS * _SIZE:
        return ""
    return "-".join(signs[start : start + _SIZE] for start in range(0, len(signs), _SIZE))


def standing(*, status: str, expires_on: date | None, today: date) -> str:
    """Return what a stranger is told: `valid`, `revoked`, `replaced` or `expired`. The last day still counts.

    today: in the academy's time zone.
    """
    return "expired" if status == "valid" and expires_on is not None and expires_on < today else status
