"""Counts the users of a server: each holds a shared lock on a file, and the last one to release it stops the server."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A lock is held while its file is open, so a killed process releases it.
_held: dict[Path, int] = {}


@contextmanager
def exclusively(file: Path) -> Iterator[None]:
    """Wait for the lock, so that of several parallel starts one starts the server and the others find it running."""
    descriptor = _open(file)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def hold(file: Path) -> None:
    """Count this process as a user until it ends or calls release."""
    if file not in _held:
        _held[file] = _open(file)
        fcntl.flock(_held[file], fcntl.LOCK_SH)


def release(file: Path) -> bool:
    """Release the lock, and return whether there are no other users."""
    descriptor = _held.pop(file, None)
    if descriptor is None:
        descriptor = _open(file)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
