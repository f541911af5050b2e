"""Processes that serve, sign or encrypt require SECRET_KEY and refuse to start without it."""

from django.conf import settings

MISSING = (
    "SECRET_KEY is not set: no other process could read what this one signs or encrypts. "
    "Set it to 50 random characters or more, the same ones for all processes (.env.example says how to make it)."
)
# Commands that neither sign nor encrypt; every other command may.
KEYLESS_COMMANDS = {
    "check", "collectstatic", "compilemessages", "dbshell", "diffsettings", "findstatic", "help", "makemessages", "makemigrations",
    "migrate_schemas", "showmigrations", "spectacular", "sqlmigrate", "version",
}  # fmt: skip


def require() -> None:
    """Exit with a message if SECRET_KEY isn't set."""
    if not settings.HAS_SECRET_KEY:
        raise SystemExit(MISSING)
