"""What serves, signs or seals needs the deployment's own SECRET_KEY, and refuses to begin without one."""

from django.conf import settings

MISSING = (
    "SECRET_KEY is not set: what this process signs or seals could be read by nobody else. "
    "Set it to 50 random characters or more, the same ones for all processes (.env.example says how to make it)."
)
# Commands that neither sign nor seal anything; every other command may.
KEYLESS_COMMANDS = {
    "check", "collectstatic", "compilemessages", "dbshell", "diffsettings", "findstatic", "help", "makemessages", "makemigrations",
    "migrate_schemas", "showmigrations", "spectacular", "sqlmigrate", "version",
}  # fmt: skip


def require() -> None:
    """End the process with one sentence when the deployment has no key of its own."""
    if not settings.HAS_SECRET_KEY:
        raise SystemExit(MISSING)
