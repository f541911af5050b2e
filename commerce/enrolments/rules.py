"""Arithmetic of seats and access. Imports no framework; statuses are the values that the tables store."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from academies.kernel.transitions import Transitions


class SeatOutcome(Enum):
    """What happens to a person who registers."""

    SEATED = "seated"
    WAITING = "waiting"
    REFUSED = "refused"


def seat_outcome(*, taken: int, seats: int | None, waiting_list: bool, waiting: int) -> SeatOutcome:
    """Return what happens to one more person who registers.

    taken: seats that others hold.  seats: None is no limit.  waiting: people on the waiting list.
    Free seats belong to the waiting list first.
    """
    if seats is None or seats - taken > waiting:
        return SeatOutcome.SEATED
    return SeatOutcome.WAITING if waiting_list else SeatOutcome.REFUSED


def seats_left(*, taken: int, seats: int | None, waiting: int) -> int | None:
    """Return how many more people would get a seat; None is no limit."""
    return None if seats is None else max(0, seats - taken - waiting)


REGISTRATION = Transitions(
    "enrolments.registration",
    {
        "": frozenset({"pending", "confirmed", "waitlisted"}),
        "pending": frozenset({"confirmed", "cancelled", "expired"}),
        "waitlisted": frozenset({"pending", "confirmed", "cancelled"}),
        "confirmed": frozenset({"cancelled"}),
        # Somebody paid after their hold had run out.
        "expired": frozenset({"confirmed"}),
        "cancelled": frozenset(),
    },
)
ENROLMENT = Transitions(
    "enrolments.enrolment",
    {
        "": frozenset({"active"}),
        "active": frozenset({"completed", "cancelled", "expired"}),
        "completed": frozenset(),
        "cancelled": frozenset({"active"}),
        "expired": frozenset({"active"}),
    },
)


def next_access_period(*, days: int, access_ends_at: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Return the start and the end of further days of access: from the end of the present access, or from now."""
    starts_at = max(now, access_ends_at or now)
    return starts_at, starts_at + timedelta(days=days)


def end_status(*, ran_out: bool) -> str:
    """Return the status of an enrolment that has lost its last entitlement.  ran_out: by time, not by revocation."""
    return "expired" if ran_out else "cancelled"


def requirements_digest(*, rule: str, needed_percent: int, lessons: Iterable[UUID], quizzes: Iterable[UUID]) -> str:
    """Return a digest that differs for different sets of requirements. Migration 0005 computes the same in SQL."""
    keys = (",".join(sorted(str(key) for key in keys)) for keys in (lessons, quizzes))
    text = "|".join((rule, str(needed_percent), *keys))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
