from datetime import datetime
from typing import Any

from django.db import models

from academies.journal.models import Entry
from academies.kernel import clock


def record(
    verb: str, *, of: models.Model, by: models.Model | None = None, at: datetime | None = None, **details: Any
) -> Entry:
    """Write one line of the journal in the current transaction.

    verb: `room.past_tense`.  of: the row it happened to.  by: the person, or None for the system.
    """
    return Entry.objects.create(
        verb=verb,
        subject_type=of._meta.label_lower,
        subject_id=str(of.pk),
        by_id=by.pk if by else None,
        details=details,
        at=at or clock.now(),
    )
