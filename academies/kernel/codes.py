"""Identifiers and secrets: time-ordered ids, codes people can read aloud, tokens and their digests."""

import hashlib
import os
import secrets
import time
import uuid

# Crockford's alphabet without letters that are misread or that spell words.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7() -> uuid.UUID:
    """Return a time-ordered UUID (RFC 9562, version 7), made here because PostgreSQL before 18 can't."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def readable(groups: int = 3, size: int = 4) -> str:
    """Return a random code in groups, such as `7KQF-M2XA-9TBD`: 30 possibilities a sign, 59 bits for twelve signs."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(size)) for _ in range(groups))


def token(size: int = 32) -> str:
    """Return a secret for a URL or a header: `size` random bytes, URL-safe."""
    return secrets.token_urlsafe(size)


def digest(secret: str) -> str:
    """Return the SHA-256 of a token, as stored. Tokens are random, so no salt or stretching is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
