"""Starts embedded servers for those of DATABASE_URL, BROKER_URL and CACHE_URL that aren't set."""

import contextlib
import os
import sys
from pathlib import Path

from lyceum_dev.embedded import postgres, valkey
from lyceum_dev.embedded.errors import CannotStart


def start(folder: Path, *, throwaway: bool = False) -> dict[str, str]:
    """Start the servers that the environment doesn't name, unless they run, and return the variables to set.

    Raises CannotStart.
    """
    variables: dict[str, str] = {}
    if not os.environ.get("DATABASE_URL"):
        variables["DATABASE_URL"] = postgres.ensure(folder / "postgres", throwaway=throwaway)
        variables["DATABASE_APP_ROLE"] = postgres.APPLICATION
        variables["DATABASE_APP_URL"] = postgres.application_url(folder / "postgres")
    if not (os.environ.get("BROKER_URL") and os.environ.get("CACHE_URL")):
        url = valkey.ensure(folder / "valkey", persistent=not throwaway)
        # Two databases, so that clearing the cache leaves the queue.
        for name, number in (("BROKER_URL", 0), ("CACHE_URL", 1)):
            if not os.environ.get(name):
                variables[name] = f"{url}/{number}"
    return variables


def stop(folder: Path, *, force: bool = False) -> None:
    """Release the embedded servers; the last user stops them."""
    for server in (valkey, postgres):
        # A server that couldn't be started has been reported already.
        with contextlib.suppress(OSError, CannotStart):
            server.stop(folder / server.__name__.rpartition(".")[2], force=force)


def children(extra: dict[str, str]) -> dict[str, str]:
    """Return the environment of a child process: ours, `extra`, and the project on PYTHONPATH."""
    site = str(Path(__file__).resolve().parent.parent.parent)
    paths = [site, *filter(None, [os.environ.get("PYTHONPATH")])]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, **extra, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1", "PATH": path}
