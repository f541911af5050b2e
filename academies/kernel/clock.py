"""The one clock. Doors read it and pass `now` inwards: rules and actions are told the moment that they decide by.

Three ask by themselves, because nothing is decided by their answer: the journal and the outbox, which note when
something was, and queries and policies that say what is true at this moment.
"""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Return the present moment, timezone-aware, in UTC."""
    return timezone.now()
