"""Small files that only their owner can read."""

import os
import secrets
from pathlib import Path


def write(file: Path, text: str) -> None:
    """Replace a file atomically; from the start only its owner can read it."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    fresh.replace(file)


def read_or_make(file: Path, length: int = 24) -> str:
    """Return the secret in the file, generating it at the first call."""
    if not file.exists():
        write(file, secrets.token_urlsafe(length))
    return file.read_text(encoding="utf-8").strip()
