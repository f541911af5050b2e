"""The servers behind DATABASE_URL, BROKER_URL and CACHE_URL: those in the environment, embedded ones for the rest."""

import contextlib
import os
import sys
from pathlib import Path

from lyceum_dev.embedded import postgres, valkey
from lyceum_dev.embedded.errors import CannotStart


def start(folder: Path, *, throwaway: bool = False) -> dict[str, str]:
    """Start, or find running, what the environment does not name, and return the variables to set.

    Raises CannotStart with one sentence.
    """
    found: dict[str, str] = {}
    if not os.environ.get("DATABASE_URL"):
        found["DATABASE_URL"] = postgres.ensure(folder / "postgres", throwaway=throwaway)
        found["DATABASE_APP_ROLE"] = postgres.APPLICATION
        found["DATABASE_APP_URL"] = postgres.application_url(folder / "postgres")
    if not (os.environ.get("BROKER_URL") and os.environ.get("CACHE_URL")):
        url = valkey.ensure(folder / "valkey", persistent=not throwaway)
        # Two numbers, so that clearing the cache leaves the queue.
        for name, number in (("BROKER_URL", 0), ("CACHE_URL", 1)):
            if not os.environ.get(name):
                found[name] = f"{url}/{number}"
    return found


def stop(folder: Path, *, force: bool = False) -> None:
    """Let go of the embedded servers; the last user stops them."""
    for server in (valkey, postgres):
        # What cannot be opened was not started either; whoever could not start it has said why.
        with contextlib.suppress(OSError, CannotStart):
            server.stop(folder / server.__name__.rpartition(".")[2], force=force)


def children(extra: dict[str, str]) -> dict[str, str]:
    """Return a child's environment: ours, what is extra, and the project on its path."""
    site = str(Path(__file__).resolve().parent.parent.parent)
    paths = [site, *filter(None, [os.environ.get("PYTHONPATH")])]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, **extra, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1", "PATH": path}
