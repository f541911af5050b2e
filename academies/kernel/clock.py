"""Read the clock only in views, tasks and commands; pass `now` to actions and rules, so that tests control time.

Exceptions, because no decision depends on them: the journal and the outbox, which record when something happened, and
queries and policies about the present.
"""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Return the current time, timezone-aware, in UTC."""
    return timezone.now()
