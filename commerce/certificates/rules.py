"""Codes as people type them, and the status of a certificate on a day."""

import re
import unicodedata
from datetime import date

from academies.kernel.transitions import Transitions

_SEPARATOR = re.compile(r"[^0-9A-Z]")
_GROUPS, _GROUP_SIZE = 3, 4
_MAX_LENGTH = 200

CERTIFICATE = Transitions(
    "certificates.certificate",
    {
        "": frozenset({"valid"}),
        "valid": frozenset({"revoked", "replaced"}),
        # A revocation by mistake is undone by reissuing.
        "revoked": frozenset({"replaced"}),
        "replaced": frozenset(),
    },
)


def normal_code(typed: str) -> str:
    """Return a typed code as it is stored, such as `7KQF-M2XA-9TBD`; "" if it can't be one.

    Case, spaces, hyphens and dashes of any kind are ignored.
    """
    characters = _SEPARATOR.sub("", unicodedata.normalize("NFKC", typed[:_MAX_LENGTH]).upper())
    if len(characters) != _GROUPS * _GROUP_SIZE:
        return ""
    return "-".join(characters[start : start + _GROUP_SIZE] for start in range(0, len(characters), _GROUP_SIZE))


def effective_status(*, status: str, expires_on: date | None, today: date) -> str:
    """Return `valid`, `revoked`, `replaced` or `expired`. A certificate is valid on its last day.

    today: in the academy's time zone.
    """
    return "expired" if status == "valid" and expires_on is not None and expires_on < today else status
