"""Domain events of events."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DateMoved:
    """A date was moved, and its people are notified.  number: counts the changes of the date.

    starts_at, ends_at (ISO 8601), venue_id, attendance: as they were before.
    """

    offering_id: str
    number: int
    starts_at: str
    ends_at: str
    venue_id: int | None
    attendance: str
