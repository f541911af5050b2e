from datetime import datetime
from typing import Any

from django.db import models

from academies.journal.models import Entry
from academies.kernel import clock
from academies.kernel.transitions import Transitions


def record(
    verb: str, *, of: models.Model, by: models.Model | None = None, at: datetime | None = None, **details: Any
) -> Entry:
    """Write one entry of the journal in the current transaction.

    verb: `app.past_tense`.  of: the row it happened to.  by: the person, or None for the system.
    """
    return Entry.objects.create(
        verb=verb,
        subject_type=of._meta.label_lower,
        subject_id=str(of.pk),
        by_id=by.pk if by else None,
        details=details,
        at=at or clock.now(),
    )


def transition(
    row: Any,
    status: str,
    /,
    *,
    transitions: Transitions,
    now: datetime,
    by: models.Model | None = None,
    verb: str = "",
    **details: Any,
) -> None:
    """Change the status of a row, save all of it, and write the change to its history. Raises InvalidTransition.

    Call it with the row locked; a row that is not stored yet is inserted.
    verb: of the entry, `<name of the machine>_<status>` by default.  details: for the entry, JSON, such as `why`.
    """
    before = "" if row._state.adding else str(row.status)
    transitions.check(before, status)
    row.status = status
    row.save()
    record(verb or f"{transitions.name}_{status}", of=row, by=by, at=now, before=before, **details)
