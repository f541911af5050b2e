"""Encrypted columns: what a database dump must not reveal.

The keys come from the settings; the first one encrypts, all of them decrypt, so that a key can be changed without
downtime (docs/deploying.md).
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


class CannotDecrypt(Exception):
    """None of the deployment's keys decrypts what is stored."""


def encrypt(text: str) -> str:
    """Return a text as it may be stored. Empty text stays empty."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def decrypt(encrypted: str) -> str:
    """Return the text that was encrypted. Raises CannotDecrypt, which names no secret."""
    if not encrypted:
        return ""
    try:
        return _fernet().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise CannotDecrypt("no key of SEALING_KEYS or SECRET_KEY decrypts it") from None


def _fernet() -> MultiFernet:
    if not settings.SEALING_KEYS and not settings.HAS_SECRET_KEY:
        # What is encrypted with the key of one process would be lost when the process ends.
        raise ImproperlyConfigured(
            "Set SEALING_KEYS or SECRET_KEY: without them nothing can be encrypted or decrypted."
        )
    return _multi_fernet(tuple(settings.SEALING_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]))


@lru_cache(maxsize=8)
def _multi_fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(_derive(keys))


def _derive(keys: Iterable[str]) -> list[Fernet]:
    # Derived for this purpose only: the key that signs sessions decrypts nothing by itself.
    raw = (HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode()) for key in keys)
    return [Fernet(base64.urlsafe_b64encode(key)) for key in raw]
