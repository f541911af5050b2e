"""Have the project's files changed? By their modification times: reading a thousand takes a hundredth of a second."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

SKIPPED = {"node_modules", "__pycache__", "tests", "docs"}


class Watch:
    """Asked once a second by the supervisor for `--reload`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before = self._now()

    def changed(self) -> bool:
        """Say whether a Python file changed, came or went since the last call."""
        now = self._now()
        before, self._before = self._before, now
        return now != before

    def _now(self) -> list[tuple[str, int]]:
        return [found for found in times(self.root) if found[0].endswith(".py")]


def times(root: Path) -> Iterator[tuple[str, int]]:
    """Yield path and modification time of each file below a folder, in a fixed order."""
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name in SKIPPED:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from times(Path(entry.path))
        else:
            yield entry.path, entry.stat(follow_symlinks=False).st_mtime_ns


def fingerprint(roots: Iterable[Path], *more: str) -> str:
    """Return a short text that is another when a file below the roots, or one of the other texts, is."""
    digest = hashlib.sha256("\0".join(more).encode())
    for root in roots:
        for path, time in times(root):
            digest.update(f"{path}\0{time}\n".encode())
    return digest.hexdigest()
