"""Who uses a server: every user holds a shared lock on a file, and the last one to let go stops the server."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A lock lives as long as its file is open, so that a killed process lets go by itself.
_held: dict[Path, int] = {}


@contextmanager
def exclusively(file: Path) -> Iterator[None]:
    """Wait for the lock, so that of many starts at once one starts and the others find it done."""
    descriptor = _open(file)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def hold(file: Path) -> None:
    """Count this process among the users until it ends or calls release."""
    if file not in _held:
        _held[file] = _open(file)
        fcntl.flock(_held[file], fcntl.LOCK_SH)


def release(file: Path) -> bool:
    """Let go, and say whether nobody else is left."""
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
