"""The commands of `manage.py`. Servers are started first: Django is imported only when the environment is ready."""

import os
import sys

from lyceum import cli as django_cli
from lyceum_dev import test_runner
from lyceum_dev.demo import run as demo
from lyceum_dev.demo.options import demo_dir
from lyceum_dev.embedded import environment, postgres
from lyceum_dev.embedded.errors import CannotStart


def run(argv: list[str]) -> int:
    """Run one command and return its exit code."""
    own = {"demo": demo.run, "test": test_runner.run_tests, "bench": test_runner.run_bench}
    command, *rest = argv or ["help"]
    try:
        if command in own:
            return own[command](rest)
        return _run_django(command, rest)
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run_django(command: str, rest: list[str]) -> int:
    """Run a Django command, with the demo's servers if there is a demo and DATABASE_URL isn't set."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lyceum.settings")
    folder = demo_dir()
    quiet = command in django_cli.QUIET_COMMANDS
    uses_demo = not quiet and not os.environ.get("DATABASE_URL") and postgres.exists(folder / "postgres")
    try:
        if uses_demo:
            os.environ.update(demo.environ(folder))
        return _execute([command, *rest])
    finally:
        if uses_demo:
            environment.stop(folder)


def _execute(argv: list[str]) -> int:
    try:
        from django.db import OperationalError
    except ImportError as error:
        raise CannotStart(
            f"This Python environment lacks what Lyceum needs ({error}): "
            f"{sys.executable} -m pip install -r requirements.txt"
        ) from error
    try:
        return django_cli.run(argv)
    except OperationalError as error:
        if os.environ.get("DATABASE_URL"):
            raise
        raise CannotStart(
            "There is no database yet: start `python3 manage.py demo` once, or set DATABASE_URL to a PostgreSQL server."
        ) from error
