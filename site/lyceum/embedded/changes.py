"""Has the code changed? Modification times of the project's Python files, read once a second."""

import os
from collections.abc import Iterator
from pathlib import Path

SKIPPED = {"node_modules", "__pycache__", "tests", "media", "static"}


class Watch:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._before = self._now()

    def changed(self) -> bool:
        """Say whether a file changed, came or went since the last call."""
        now = self._now()
        before, self._before = self._before, now
        return now != before

    def _now(self) -> dict[str, int]:
        return dict(self._times(str(self.root)))

    def _times(self, folder: str) -> Iterator[tuple[str, int]]:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in SKIPPED:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    yield from self._times(entry.path)
                elif entry.name.endswith(".py"):
                    yield entry.path, entry.stat().st_mtime_ns
