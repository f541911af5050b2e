"""`manage.py test` and `manage.py bench`: start servers, then run pytest or the Django command."""

import fcntl
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

from lyceum import ROOT
from lyceum_dev.demo import run
from lyceum_dev.embedded import environment, ports
from lyceum_dev.embedded.errors import CannotStart


def run_tests(argv: list[str]) -> int:
    """Run pytest with throwaway servers and return its exit code. Prints nothing after pytest's summary."""
    if importlib.util.find_spec("pytest") is None:
        raise CannotStart(f"pytest is missing: {sys.executable} -m pip install -r requirements-dev.txt")
    if {"--version", "-V", "--help", "-h"} & set(argv):
        return _call([sys.executable, "-m", "pytest", *argv], {"DJANGO_SETTINGS_MODULE": "lyceum_dev.settings_test"})
    folder = Path(os.environ.get("TEST_DIR") or ROOT / ".test").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "test.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(
                f"Tests already run on {folder}: wait for them, or set TEST_DIR to another folder."
            ) from error
        try:
            extra = {
                "DJANGO_SETTINGS_MODULE": "lyceum_dev.settings_test",
                "TEST": "1",
                **environment.start(folder, throwaway=True),
            }
            return _call([sys.executable, "-m", "pytest", *workers(argv), *argv], extra)
        finally:
            environment.stop(folder)


def run_bench(argv: list[str]) -> int:
    """Run the benchmark with its own servers and data, set up like the demo's."""
    folder = Path(os.environ.get("BENCH_DIR") or ROOT / ".bench").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        extra = {"PORT": str(ports.first_free(18000)), **run.environ(folder)}
        for arguments in (["-m", "lyceum_dev.demo.setup"], ["-m", "django", "bench", *argv]):
            code = _call([sys.executable, *arguments], extra)
            if code:
                return code
        return 0
    finally:
        environment.stop(folder)


def workers(argv: list[str]) -> list[str]:
    """Return pytest's arguments for two workers, unless the caller chose, or runs one file or none.

    Fault tests share one deployment, so they run in one process. Each worker starts with half of the tests, in order, so
    that most fixtures of a file are created once; the one that finishes first takes tests from the other.
    """
    chosen = any(
        "faults" in argument
        or argument.startswith(("-n", "--numprocesses", "--pdb", "--trace", "--version", "--help", "-h", "--collect"))
        or argument == "--co"
        or "no:xdist" in argument
        for argument in argv
    )
    files = [argument for argument in argv if ".py" in argument and not argument.startswith("-")]
    return [] if chosen or len(files) == 1 else ["-n", "2", "--dist", "worksteal"]


def _call(argv: list[str], extra: dict[str, str]) -> int:
    """Run a child, which receives Ctrl-C from the terminal itself, and wait for it to finish."""
    process = subprocess.Popen(argv, env=environment.children(extra), cwd=ROOT)
    signal.signal(signal.SIGTERM, lambda number, frame: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
