"""The waiting list: a freed seat goes to whoever has waited longest."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.enrolments import rules
from commerce.enrolments.actions import locks, registration_state
from commerce.enrolments.models import Registration

Status = Registration.Status


@transaction.atomic
def promote(*, offering: Offering, now: datetime, by: User | None = None) -> list[Registration]:
    """Give every free seat to the next in line: a free one at once, a paid one as a hold to be paid for in time.

    by: who asked for it, None for the system.  Returns those who moved up, which may be nobody.
    Locks the offering, so two at once give one seat once. Writes to each. After the start nobody is promoted.
    """
    return move_up(locks.lock_offering(offering.pk), now, by)


def move_up(offering: Offering, now: datetime, by: User | None = None) -> list[Registration]:
    """Promote under a lock that the caller holds."""
    if offering.starts_at <= now or offering.is_cancelled:
        return []
    line = Registration.objects.filter(offering=offering).waiting().select_related("person")
    promoted = []
    for registration in line.iterator(chunk_size=50):
        if (
            registration_state.place(offering, registration_state.count(offering, now), line=0)
            is not rules.Place.SEATED
        ):
            break
        promoted.append(_seat(registration, offering, now, by))
    return promoted


def _seat(registration: Registration, offering: Offering, now: datetime, by: User | None) -> Registration:
    if offering.price_minor == 0:
        registration_state.become(registration, Status.CONFIRMED, now=now, by=by)
        registration_state.tell(
            "seat_confirmed", registration, offering, now, instructions=registration_state.joining(offering)
        )
        return registration
    hold_until = min(now + timedelta(minutes=offering.hold_minutes), offering.starts_at)
    registration_state.become(registration, Status.PENDING, now=now, by=by, hold_until=hold_until)
    registration_state.tell("seat_offered", registration, offering, now)
    return registration


def release_holds(*, now: datetime, limit: int = 200) -> int:
    """End holds that have run out and give their seats to the next in line. Returns how many holds ended.

    Also promotes wherever a seat is free and somebody waits, whatever freed it. One transaction an offering.
    """
    return sum(_release(pk, now) for pk in _where_something_moves(now, limit))


def _where_something_moves(now: datetime, limit: int) -> list[UUID]:
    lapsed = Registration.objects.filter(offering=OuterRef("pk"), status=Status.PENDING, hold_until__lte=now)
    waiting = Registration.objects.filter(offering=OuterRef("pk"), status=Status.WAITLISTED)
    with_lapsed = Offering.objects.filter(Exists(lapsed)).order_by("pk").values_list("pk", flat=True)
    holding = Registration.holding(now, prefix="registrations__")
    with_room = (
        Offering.objects.filter(Exists(waiting), starts_at__gt=now, status=Offering.Status.SCHEDULED)
        .annotate(taken=Count("registrations", filter=holding))
        .filter(Q(seats=None) | Q(taken__lt=F("seats")))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return sorted({*with_lapsed[:limit], *with_room[:limit]})


@transaction.atomic
def _release(offering_id: UUID, now: datetime) -> int:
    offering = locks.lock_offering(offering_id)
    lapsed = Registration.objects.filter(offering=offering, status=Status.PENDING, hold_until__lte=now)
    ended = list(lapsed.select_related("person").order_by("hold_until", "id"))
    for registration in ended:
        registration_state.become(registration, Status.EXPIRED, now=now)
        if registration.waiting_since:
            registration_state.tell("seat_lapsed", registration, offering, now)
    move_up(offering, now)
    return len(ended)
