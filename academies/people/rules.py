"""Rules for names, emails and dates of birth. Each `*_problem` function returns an error message, or None."""

import contextlib
import ipaddress
import re
import unicodedata
from datetime import date

from academies.kernel.translation import gettext_noop as _

YOUNGEST = 13
_OLDEST = 130
_SIGNS = " '’.-‐·"
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


def normal_name(text: str) -> str:
    """Return a name with single spaces, none around it, and accents composed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def name_problem(name: str) -> str | None:
    """name: as `normal_name` returns it. Allowed are letters of any script, spaces and _SIGNS; 2 to 50 characters."""
    if not 2 <= len(name) <= 50:
        return _("A name must have 2 to 50 characters.")
    if not all(sign in _SIGNS or unicodedata.category(sign)[0] in "LM" for sign in name):
        return _("A name can have only letters, spaces, hyphens, full stops and apostrophes.")
    if not name[0].isalpha() or sum(sign.isalpha() for sign in name) < 2:
        return _("A name must start with a letter and have at least two letters.")
    if any(len(_lookalikes(word)) > 1 for word in re.split("[ ‐-]", name)):
        return _("Write each part of a name in letters of one alphabet.")
    return None


def _lookalikes(word: str) -> set[str]:
    """Return which of the alphabets with similar letters a word uses: "Аdmin" may begin with a Cyrillic letter."""
    alphabets = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
    return alphabets & {"LATIN", "CYRILLIC", "GREEK"}


def normal_email(text: str) -> str:
    """Return an email as it is stored: lower case, an international domain in its ASCII form (IDNA)."""
    local, at, domain = text.strip().rpartition("@")
    if not domain.isascii():
        # A domain without an ASCII form stays as it is, and `email_problem` refuses it.
        with contextlib.suppress(UnicodeError):
            domain = domain.encode("idna").decode()
    # Only ASCII is folded: the Kelvin sign must not become a k.
    return f"{_fold(local)}{at}{_fold(domain)}"


def _fold(text: str) -> str:
    return text.lower() if text.isascii() else text


def address_block(address: str | None) -> str:
    """Return an IPv4 address as it is, and the /64 network of an IPv6 address, which belongs to one subscriber."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else str(known)


def email_problem(email: str) -> str | None:
    """email: as `normal_email` returns it."""
    local, _at, domain = email.rpartition("@")
    labels = domain.split(".")
    fine = (
        len(email) <= 254
        and len(local) <= 64
        and _LOCAL.fullmatch(local)
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )
    return None if fine else _("Enter an email address such as name@example.org.")


def birth_problem(born: date, today: date) -> str | None:
    if born > today or born.year < today.year - _OLDEST:
        return _("Enter your date of birth as year, month and day.")
    if _age(born, today) < YOUNGEST:
        return _("You must be at least 13 years old.")
    return None


def _age(born: date, today: date) -> int:
    """Return the age in full years. A birthday on 29 February falls on 1 March in common years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
