"""Seats and standing: arithmetic, no framework. Statuses are the words that the tables store."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID


class Place(Enum):
    SEATED = "seated"
    WAITING = "waiting"
    REFUSED = "refused"


def place(*, taken: int, seats: int | None, waiting_list: bool, line: int) -> Place:
    """Say where one more person goes.

    taken: seats that others hold.  seats: None is as many as come.  line: people who wait before this one.
    Free seats belong to the line first, so nobody jumps it.
    """
    if seats is None or seats - taken > line:
        return Place.SEATED
    return Place.WAITING if waiting_list else Place.REFUSED


def seats_left(*, taken: int, seats: int | None, line: int) -> int | None:
    """Return how many newcomers find a seat; None is no limit."""
    return None if seats is None else max(0, seats - taken - line)


# What a registration and an enrolment may become. A lapsed hold may still be confirmed: somebody paid late.
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


def extension(*, days: int, access_ends_at: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when more days give access: from the end of the present access, if that is still to come."""
    starts_at = max(now, access_ends_at or now)
    return starts_at, starts_at + timedelta(days=days)


def ending(*, ran_out: bool) -> str:
    """Return what an enrolment becomes that nothing opens any longer.  ran_out: by time, and not taken away."""
    return "expired" if ran_out else "cancelled"


def requirements_digest(*, rule: str, needed_percent: int, lessons: Iterable[UUID], quizzes: Iterable[UUID]) -> str:
    """Return what tells one set of requirements from another. Migration 0005 computes the same in SQL."""
    keys = (",".join(sorted(str(key) for key in keys)) for keys in (lessons, quizzes))
    said = "|".join((rule, str(needed_percent), *keys))
    return hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()
