"""The one clock. Doors read it and pass `now` inwards; rules and actions never do."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Return the present moment, timezone-aware, in UTC."""
    return timezone.now()
