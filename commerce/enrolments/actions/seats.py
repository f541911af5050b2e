"""Seats of an offering: counted under the lock of its row, never stored.

To hold several seats in one transaction, lock the offerings in the order of their ids.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from academies.kernel import errors
from academies.outbox import actions as outbox
from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.enrolments import formats, queries, rules
from commerce.enrolments.actions import locks, registration_state, waiting_list
from commerce.enrolments.actions.registration_emails import joining_instructions, notify
from commerce.enrolments.facts import SeatReleased
from commerce.enrolments.models import Registration
from commerce.enrolments.rules import SeatOutcome

Status, Cause = Registration.Status, Registration.Cause
# How long a paid seat is held before the checkout opens a payment page, which extends the hold.
CHECKOUT_HOLD = timedelta(minutes=15)


class SoldOut(errors.Conflict):
    code = "sold_out"

    def __init__(self, offering: Offering):
        seats = offering.seats or 0
        taken = ngettext("All %(count)d seat is taken.", "All %(count)d seats are taken.", seats) % {"count": seats}
        advice = (
            _("Join the waiting list and we will email you when a seat is free.")
            if offering.waiting_list
            else _("This date has no waiting list. Choose another date.")
        )
        super().__init__(f"{taken} {advice}", waiting_list=offering.waiting_list)


class AlreadyRegistered(errors.Conflict):
    """Carries `registration` (id, status) and, if a held seat has to be paid for, `payment` with the address to pay at."""

    code = "already_registered"
    MESSAGES = {
        Status.CONFIRMED: gettext_lazy("You already have a seat at this date."),
        Status.PENDING: gettext_lazy("A seat is held for you. Pay for it to confirm it."),
        Status.WAITLISTED: gettext_lazy("You are on the waiting list. We will email you when a seat is free."),
    }

    def __init__(self, registration: Registration):
        pending = registration.status == Status.PENDING
        super().__init__(
            str(self.MESSAGES[Status(registration.status)]),
            registration={"id": str(registration.pk), "status": registration.status},
            payment={"provider": None, "url": queries.pay_url(registration)} if pending else None,
        )


class RegistrationClosed(errors.Conflict):
    code = "registration_closed"
    message = gettext_lazy("Registration for this date is closed. Choose another date.")


class OfferingCancelled(errors.Conflict):
    code = "date_cancelled"
    message = gettext_lazy("This date was cancelled. Choose another date.")


class SeatsAvailable(errors.Conflict):
    code = "seats_free"
    message = gettext_lazy("Seats are available. Register for one instead of joining the waiting list.")


def _check_not_cancelled(offering: Offering) -> None:
    if offering.is_cancelled:
        raise OfferingCancelled()


def _check_open(offering: Offering, now: datetime) -> None:
    if offering.opens_at and now < offering.opens_at:
        opens_at = formats.format_datetime(offering.opens_at)
        raise RegistrationClosed(_("Registration opens on %(date)s.") % {"date": opens_at})
    if now >= offering.registration_ends_at:
        raise RegistrationClosed()


def _live_registration(person: User, offering: Offering) -> Registration | None:
    return Registration.objects.filter(person=person, offering=offering, status__in=Registration.LIVE).first()


def _is_hold_over(registration: Registration, now: datetime) -> bool:
    return registration.status == Status.PENDING and (registration.hold_until is None or registration.hold_until <= now)


def check_seat(*, person: User, offering: Offering, now: datetime) -> None:
    """Raise what `hold_seat` would raise now, without its lock: for pages that shouldn't offer what will be refused."""
    _check_not_cancelled(offering)
    existing = _live_registration(person, offering)
    if existing is not None and existing.status != Status.PENDING:
        raise AlreadyRegistered(existing)
    if existing is None:
        _check_open(offering, now)
        if not registration_state.has_seat_for_newcomer(offering, now):
            raise SoldOut(offering)


@transaction.atomic
def hold_seat(*, person: User, offering: Offering, hold_until: datetime, source: str, now: datetime) -> Registration:
    """Hold a seat until it is paid for. A seat already held for this person is held until the later of both times.

    source: what will pay for it, `order:<id>`.  Locks the offering.
    Raises SoldOut, AlreadyRegistered (confirmed or waiting), RegistrationClosed, OfferingCancelled.
    """
    offering = locks.lock_offering(offering.pk)
    _check_not_cancelled(offering)
    existing = _live_registration(person, offering)
    if existing is None:
        _check_open(offering, now)
        if not registration_state.has_seat_for_newcomer(offering, now):
            raise SoldOut(offering)
        return registration_state.create(
            person, offering, status=Status.PENDING, now=now, hold_until=hold_until, source=source,
            terms=queries.current_refund_terms(offering),
        )  # fmt: skip
    if existing.status != Status.PENDING:
        raise AlreadyRegistered(existing)
    return _extend_hold(existing, offering, hold_until, source, now)


def _extend_hold(
    registration: Registration, offering: Offering, hold_until: datetime, source: str, now: datetime
) -> Registration:
    if _is_hold_over(registration, now) and not registration_state.has_seat_for_newcomer(offering, now):
        raise SoldOut(offering)
    registration.hold_until = max(registration.hold_until or hold_until, hold_until)
    registration.source, registration.terms = source, queries.current_refund_terms(offering)
    registration.save(update_fields=["hold_until", "source", "terms"])
    return registration


@transaction.atomic
def register(
    *, person: User, offering: Offering, now: datetime, answers: Mapping[str, Any] | None = None
) -> Registration:
    """Register a person: confirmed, pending (a paid seat, held for payment) or on the waiting list.

    answers: to the questions of the registration form, JSON.  Locks the offering, so the last seat goes to one person.
    Raises SoldOut if it is full and has no waiting list, AlreadyRegistered, RegistrationClosed, OfferingCancelled.
    """
    offering = locks.lock_offering(offering.pk)
    _check_not_cancelled(offering)
    existing = _live_registration(person, offering)
    if existing is not None and not _is_hold_over(existing, now):
        raise AlreadyRegistered(existing)
    _check_open(offering, now)
    if existing is not None:
        registration_state.set_status(existing, Status.EXPIRED, now=now)
    occupancy = registration_state.occupancy(offering, now)
    match registration_state.next_outcome(offering, occupancy):
        case SeatOutcome.REFUSED:
            raise SoldOut(offering)
        case SeatOutcome.WAITING:
            return _join_queue(person, offering, occupancy, dict(answers or {}), now)
        case SeatOutcome.SEATED:
            return _take_seat(person, offering, dict(answers or {}), now)


def _join_queue(
    person: User, offering: Offering, occupancy: registration_state.Occupancy, answers: dict[str, Any], now: datetime
) -> Registration:
    waiting_since = registration_state.queue_time(occupancy, now)
    registration = registration_state.create(
        person, offering, status=Status.WAITLISTED, now=now, answers=answers, waiting_since=waiting_since
    )
    notify("seat_waiting", registration, offering, now, position=occupancy.waiting + 1)
    return registration


def _take_seat(person: User, offering: Offering, answers: dict[str, Any], now: datetime) -> Registration:
    if offering.price_minor:
        return registration_state.create(
            person, offering, status=Status.PENDING, now=now, answers=answers, hold_until=now + CHECKOUT_HOLD
        )
    registration = registration_state.create(person, offering, status=Status.CONFIRMED, now=now, answers=answers)
    notify("seat_confirmed", registration, offering, now, instructions=joining_instructions(offering))
    return registration


@transaction.atomic
def join_waiting_list(
    *, person: User, offering: Offering, now: datetime, answers: Mapping[str, Any] | None = None
) -> Registration:
    """Put a person at the end of the waiting list, and never into a seat.

    Raises SeatsAvailable, SoldOut (no waiting list), AlreadyRegistered, RegistrationClosed, OfferingCancelled.
    """
    locked = locks.lock_offering(offering.pk)
    _check_not_cancelled(locked)
    existing = _live_registration(person, locked)
    if existing is None and registration_state.has_seat_for_newcomer(locked, now):
        _check_open(locked, now)
        raise SeatsAvailable()
    return register(person=person, offering=locked, now=now, answers=answers)


@transaction.atomic
def confirm_seat(*, registration: Registration, now: datetime, source: str = "") -> bool:
    """Confirm a held seat because it is paid. Returns False if the hold has ended and no seat is left.

    source: what paid for it, if that isn't what held it last.  Locks the offering and counts again: after its hold has
    ended, a seat is confirmed only if one is free and nobody waits for it. Already confirmed: True.
    Raises OfferingCancelled.
    """
    offering = locks.lock_offering(registration.offering_id)
    current = Registration.objects.select_related("person").get(pk=registration.pk)
    if current.status == Status.CONFIRMED:
        return True
    _check_not_cancelled(offering)
    if not _may_confirm(current, offering, now):
        return False
    registration_state.set_status(
        current, Status.CONFIRMED, now=now, by=current.person, source=source or current.source
    )
    notify("seat_confirmed", current, offering, now, instructions=joining_instructions(offering))
    return True


def _may_confirm(current: Registration, offering: Offering, now: datetime) -> bool:
    if current.status == Status.PENDING and not _is_hold_over(current, now):
        return True
    if Status.CONFIRMED not in rules.REGISTRATION.allowed[current.status] or current.status == Status.WAITLISTED:
        return False
    other = _live_registration(current.person, offering)
    if other is not None and other.pk != current.pk:
        return False
    return registration_state.has_seat_for_newcomer(offering, now)


@transaction.atomic
def cancel_registration(*, registration: Registration, by: User | None, now: datetime, cause: str = "") -> Registration:
    """Cancel a registration; its seat goes to the waiting list. Cancelled or expired already: nothing happens.

    by: None for the system.  cause: by default GIVEN_UP for the person's own, else BY_STAFF.
    Publishes SeatReleased for a seat with a source, so that checkout refunds it.
    Raises RegistrationClosed for one's own seat after the start.
    """
    offering = locks.lock_offering(registration.offering_id)
    current = Registration.objects.select_related("person").get(pk=registration.pk)
    if current.status not in Registration.LIVE:
        return current
    had_seat, is_own = current.status == Status.CONFIRMED, by is not None and by.pk == current.person_id
    if had_seat and is_own and offering.starts_at <= now:
        raise RegistrationClosed(_("This date has started, so your seat can't be cancelled any more."))
    cause = cause or (Cause.GIVEN_UP if is_own else Cause.BY_STAFF)
    registration_state.set_status(current, Status.CANCELLED, now=now, by=by, cause=cause)
    affects_order = by is not None and bool(current.source) and cause in (Cause.GIVEN_UP, Cause.BY_STAFF)
    percent = queries.refund_percent(current, now) if affects_order and is_own else None
    if had_seat:
        paid = affects_order and offering.price_minor > 0
        notify("seat_cancelled", current, offering, now, paid=paid, percent=percent, decided=percent is not None)
    if affects_order:
        reason = _("The seat was cancelled.") if is_own else _("The registration was cancelled.")
        _publish_release(current, percent=percent, reason=reason)
    waiting_list.promote_locked(offering, now)
    return current


def _publish_release(registration: Registration, *, percent: int | None, reason: str) -> None:
    """Tell checkout to refund what is due, in the same transaction, so that neither happens without the other."""
    outbox.publish(
        SeatReleased(str(registration.pk), registration.source, str(registration.cause), percent=percent, reason=reason)
    )
