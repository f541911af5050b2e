"""Arithmetic of seats and access. Imports no framework; statuses are the values that the tables store."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID


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


# The statuses that each status may change to. A hold that has run out may still be confirmed: somebody paid late.
REGISTRATION: dict[str, frozenset[str]] = {
    "": frozenset({"pending", "confirmed", "waitlisted"}),
    "pending": frozenset({"confirmed", "cancelled", "expired"}),
    "waitlisted": frozenset({"pending", "confirmed", "cancelled"}),
    "confirmed": frozenset({"cancelled"}),
    "expired": frozenset({"confirmed"}),
    "cancelled": frozenset(),
}
ENROLMENT: dict[str, frozenset[str]] = {
    "": frozenset({"active"}),
    "active": frozenset({"completed", "cancelled", "expired"}),
    "completed": frozenset(),
    "cancelled": frozenset({"active"}),
    "expired": frozenset({"active"}),
}


class Impossible(ValueError):
    """A change of status that no table allows: a fault in the program, never a person's."""


def check(table: dict[str, frozenset[str]], old: str, new: str) -> None:
    """Raise Impossible unless the table lets `old` become `new`."""
    if new not in table[old]:
        raise Impossible(f"{old or 'nothing'} can't become {new}")


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
