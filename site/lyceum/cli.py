"""Runs Django commands in production. `lyceum_dev.cli` wraps it with `demo`, `test`, `bench` and the demo's servers."""

import os

QUIET_COMMANDS = ("help", "--help", "-h", "version", "--version")


def run(argv: list[str]) -> int:
    """Run one Django command and return its exit code."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lyceum.settings")
    command, *rest = argv or ["help"]
    if command not in QUIET_COMMANDS:
        require_key(command)
    execute_from_command_line(["manage.py", command, *rest])
    return 0


def require_key(command: str) -> None:
    """Exit with a message if a command may sign or encrypt and SECRET_KEY isn't set."""
    from django.conf import settings

    from lyceum import secret_key

    if command not in secret_key.KEYLESS_COMMANDS and not settings.HAS_SECRET_KEY:
        raise SystemExit(secret_key.MISSING)
