"""Information about processes: from /proc on Linux (slim containers lack ps), elsewhere from ps."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def is_running(pid: int, name: str) -> bool:
    """Return whether a process with this pid and name runs. Zombies don't count; a reused pid has another name."""
    if sys.platform == "linux":
        try:
            text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        command, _, rest = text.partition("(")[2].rpartition(")")
        return name in command and rest.split()[0] not in "ZX"
    shown = subprocess.run(
        ["ps", "-o", "stat=,comm=", "-p", str(pid)], check=False, capture_output=True, text=True
    ).stdout.split(None, 1)
    return len(shown) == 2 and not shown[0].startswith("Z") and name in Path(shown[1].strip()).name


def command_line(pid: int) -> str:
    """Return the command line of a process, or an empty string if it has exited."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").replace("\0", " ")
        except OSError:
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True).stdout


def working_in(folder: Path) -> Iterator[int]:
    """Yield the processes whose working directory is the folder; none without /proc."""
    proc = Path("/proc")
    for entry in proc.iterdir() if sys.platform == "linux" else ():
        if entry.name.isdigit():
            try:
                if Path(os.readlink(entry / "cwd")) == folder:
                    yield int(entry.name)
            except OSError:
                continue
