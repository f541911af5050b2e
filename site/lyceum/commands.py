"""What `manage.py` does with its arguments. Servers first: Django is imported only when the environment is ready."""

import os
import sys

from lyceum import demo, suite
from lyceum.demo_options import demo_dir
from lyceum.embedded import environment, postgres
from lyceum.embedded.errors import CannotStart

QUIET = ("help", "--help", "-h", "version", "--version")


def run(argv: list[str]) -> int:
    """Run one command and return its exit code."""
    ours = {"demo": demo.run, "test": suite.run_tests, "bench": suite.run_bench}
    command, *rest = argv or ["help"]
    try:
        if command in ours:
            return ours[command](rest)
        return _run_django(command, rest)
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run_django(command: str, rest: list[str]) -> int:
    """Run a Django command, with the demo's servers where a demo exists and no other database is named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lyceum.settings")
    folder = demo_dir()
    uses_demo = command not in QUIET and not os.environ.get("DATABASE_URL") and postgres.exists(folder / "postgres")
    try:
        if uses_demo:
            os.environ.update(demo.environ(folder))
        if command not in QUIET:
            _require_key(command)
        _execute(["manage.py", command, *rest])
    finally:
        if uses_demo:
            environment.stop(folder)
    return 0


def _require_key(command: str) -> None:
    """Raises CannotStart for a command that may sign or seal, in a deployment without a key of its own."""
    try:
        from django.conf import settings

        from lyceum import secret_key
    except ImportError:
        # Said by `_execute`, in a sentence.
        return
    if command not in secret_key.KEYLESS_COMMANDS and not settings.HAS_SECRET_KEY:
        raise CannotStart(secret_key.MISSING)


def _execute(argv: list[str]) -> None:
    try:
        from django.core.management import execute_from_command_line
        from django.db import OperationalError
    except ImportError as error:
        raise CannotStart(
            f"This Python environment lacks what Lyceum needs ({error}): "
            f"{sys.executable} -m pip install -r requirements.txt"
        ) from error
    try:
        execute_from_command_line(argv)
    except OperationalError as error:
        if os.environ.get("DATABASE_URL"):
            raise
        raise CannotStart(
            "There is no database yet: start `python3 manage.py demo` once, or set DATABASE_URL to a PostgreSQL server."
        ) from error
