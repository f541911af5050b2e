"""Identifiers and secrets: time-ordered ids, codes people can read aloud, tokens and their digests."""

import hashlib
import secrets
import threading
import time
import uuid

# Crockford's alphabet without characters that are easily misread or could spell words.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


_SECOND = 1_000 << 12
_last = 0
_lock = threading.Lock()


def uuid7() -> uuid.UUID:
    """Return a time-ordered UUID (RFC 9562, version 7). PostgreSQL before 18 has no function for it.

    Monotonic within a process: twelve bits hold the fraction of the millisecond (section 6.2, method 3).
    """
    global _last
    with _lock:
        moment = (time.time_ns() << 12) // 1_000_000
        # If the clock is set back by more than a second, a new order starts.
        if _last - _SECOND < moment <= _last:
            moment = _last + 1
        _last = moment
    at, part = moment >> 12, moment & 0xFFF
    value = at << 80 | 0x7 << 76 | part << 64 | 0x2 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def random_code(groups: int = 3, size: int = 4) -> str:
    """Return a random code in groups, such as `7KQF-M2XA-9TBD`: 30 possible characters, 59 bits for twelve of them."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(size)) for _ in range(groups))


def token(size: int = 32) -> str:
    """Return a secret for a URL or a header: `size` random bytes, URL-safe."""
    return secrets.token_urlsafe(size)


def digest(secret: str) -> str:
    """Return the SHA-256 digest of a token, for storage. Tokens are random, so no salt or stretching is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
