"""Count the seats of an offering and write registrations. Call everything here under the lock of the offering's row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from academies.journal import actions as journal
from academies.people.models import User
from academies.tenants import cache_version
from catalog.offerings.models import Offering
from commerce.enrolments import rules
from commerce.enrolments.models import Registration

Status = Registration.Status


@dataclass(frozen=True)
class Occupancy:
    """How full an offering is.  taken: seats confirmed or held.  waiting: people on the waiting list."""

    taken: int
    waiting: int
    last_waiting_since: datetime | None


def occupancy(offering: Offering, now: datetime) -> Occupancy:
    waiting = Q(status=Status.WAITLISTED)
    counts = Registration.objects.filter(offering=offering).aggregate(
        taken=Count("pk", filter=Registration.holding(now)),
        waiting=Count("pk", filter=waiting),
        last_waiting_since=Max("waiting_since", filter=waiting),
    )
    return Occupancy(**counts)


def next_outcome(offering: Offering, current: Occupancy) -> rules.SeatOutcome:
    """Return whether one more person gets a seat, joins the waiting list or is refused."""
    return rules.seat_outcome(
        taken=current.taken, seats=offering.seats, waiting_list=offering.waiting_list, waiting=current.waiting
    )


def has_free_seat(offering: Offering, now: datetime) -> bool:
    """Return whether a seat is free, for whoever is next on the waiting list."""
    return offering.seats is None or occupancy(offering, now).taken < offering.seats


def has_seat_for_newcomer(offering: Offering, now: datetime) -> bool:
    """Return whether a seat is free that nobody on the waiting list is about to get."""
    return next_outcome(offering, occupancy(offering, now)) is rules.SeatOutcome.SEATED


def set_status(
    registration: Registration, status: str, *, now: datetime, by: User | None = None, **fields: Any
) -> None:
    """Change a registration's status and other fields, and save it with its history."""
    if status == Status.CONFIRMED:
        registration.confirmed_at, registration.ended_at = now, None
    if status in (Status.CANCELLED, Status.EXPIRED):
        registration.ended_at = now
    for name, value in fields.items():
        setattr(registration, name, value)
    cause = {"cause": registration.cause} if registration.cause else {}
    journal.transition(registration, status, transitions=rules.REGISTRATION, now=now, by=by, **cause)
    cache_version.bump()


def create(person: User, offering: Offering, *, status: str, now: datetime, **fields: Any) -> Registration:
    registration = Registration(person=person, offering=offering, created_at=now)
    set_status(registration, status, now=now, by=person, **fields)
    return registration


def queue_time(current: Occupancy, now: datetime) -> datetime:
    """Return a `waiting_since` later than everybody else's, so that whoever gets the lock later is further back."""
    if current.last_waiting_since is None:
        return now
    return max(now, current.last_waiting_since + timedelta(microseconds=1))
