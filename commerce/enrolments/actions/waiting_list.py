"""The waiting list: a freed seat goes to whoever has waited longest."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.enrolments.actions import locks
from commerce.enrolments.actions.registration_emails import joining_instructions, notify
from commerce.enrolments.actions.registration_state import has_free_seat, set_status
from commerce.enrolments.models import Registration

Status = Registration.Status


@transaction.atomic
def promote_from_waiting_list(*, offering: Offering, now: datetime, by: User | None = None) -> list[Registration]:
    """Give every free seat to the next person on the waiting list, and email each of them.

    A free seat is confirmed at once; a paid one is held until it is paid for.
    by: who asked for it, None for the system.  Returns the promoted registrations, which may be none.
    Locks the offering, so that two calls give one seat once. After the start nobody is promoted.
    """
    return promote_locked(locks.lock_offering(offering.pk), now, by)


def promote_locked(offering: Offering, now: datetime, by: User | None = None) -> list[Registration]:
    """Promote under a lock that the caller holds."""
    if offering.starts_at <= now or offering.is_cancelled:
        return []
    waiting = Registration.objects.filter(offering=offering).waiting().select_related("person")
    promoted = []
    for registration in waiting.iterator(chunk_size=50):
        if not has_free_seat(offering, now):
            break
        promoted.append(_give_seat(registration, offering, now, by))
    return promoted


def _give_seat(registration: Registration, offering: Offering, now: datetime, by: User | None) -> Registration:
    if offering.price_minor == 0:
        set_status(registration, Status.CONFIRMED, now=now, by=by)
        notify("seat_confirmed", registration, offering, now, instructions=joining_instructions(offering))
        return registration
    hold_until = min(now + timedelta(minutes=offering.hold_minutes), offering.starts_at)
    set_status(registration, Status.PENDING, now=now, by=by, hold_until=hold_until)
    notify("seat_offered", registration, offering, now)
    return registration


def release_holds(*, now: datetime, limit: int = 200) -> int:
    """End holds that have run out and give their seats to the waiting list. Returns how many holds ended.

    Also promotes wherever a seat is free and somebody waits, whatever freed it. One transaction per offering.
    """
    return sum(_release_holds_of(pk, now) for pk in _offerings_to_update(now, limit))


def _offerings_to_update(now: datetime, limit: int) -> list[UUID]:
    """Return offerings with a hold that has run out, and those with both a free seat and a waiting list."""
    lapsed = Registration.objects.filter(offering=OuterRef("pk"), status=Status.PENDING, hold_until__lte=now)
    waiting = Registration.objects.filter(offering=OuterRef("pk"), status=Status.WAITLISTED)
    with_lapsed = Offering.objects.filter(Exists(lapsed)).order_by("pk").values_list("pk", flat=True)
    holding = Registration.holding(now, prefix="registrations__")
    with_free_seat = (
        Offering.objects.filter(Exists(waiting), starts_at__gt=now, status=Offering.Status.SCHEDULED)
        .annotate(taken=Count("registrations", filter=holding))
        .filter(Q(seats=None) | Q(taken__lt=F("seats")))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return sorted({*with_lapsed[:limit], *with_free_seat[:limit]})


@transaction.atomic
def _release_holds_of(offering_id: UUID, now: datetime) -> int:
    offering = locks.lock_offering(offering_id)
    lapsed = Registration.objects.filter(offering=offering, status=Status.PENDING, hold_until__lte=now)
    registrations = list(lapsed.select_related("person").order_by("hold_until", "id"))
    for registration in registrations:
        set_status(registration, Status.EXPIRED, now=now)
        if registration.waiting_since:
            notify("seat_lapsed", registration, offering, now)
    promote_locked(offering, now)
    return len(registrations)
