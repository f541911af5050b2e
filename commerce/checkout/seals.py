"""Secrets as the database keeps them: sealed with a key that is not in it.

A dump of the database, or a look into the table, tells nobody how to spend an academy's money. The keys come from the
settings; the first one seals, all of them open, so that a key can be changed without stopping (docs/deploying.md).
"""

import base64
from collections.abc import Iterable
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_PURPOSE = b"lyceum: sealed columns"


class CannotOpen(Exception):
    """None of the deployment's keys opens what is stored."""


def seal(text: str) -> str:
    """Return a text as it may be stored; nothing stays nothing."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Return the text that was sealed. Raises CannotOpen, which names no secret."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen("no key of SEALING_KEYS or SECRET_KEY opens it") from None


def _box() -> MultiFernet:
    if not settings.SEALING_KEYS and not settings.HAS_SECRET_KEY:
        # Sealed with a key that ends with this process, it would be lost.
        raise ImproperlyConfigured("Neither SEALING_KEYS nor SECRET_KEY is set: nothing can be sealed or opened.")
    return _made(tuple(settings.SEALING_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]))


@lru_cache(maxsize=8)
def _made(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(_derived(keys))


def _derived(keys: Iterable[str]) -> list[Fernet]:
    # Derived for this purpose alone: what signs sessions opens no secret by itself.
    raw = (HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode()) for key in keys)
    return [Fernet(base64.urlsafe_b64encode(one)) for one in raw]
