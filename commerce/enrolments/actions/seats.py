"""Seats of an offering: counted under the lock of its row, never stored.

Whoever holds several seats in one transaction goes through the offerings in order of their ids.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from academies.kernel import errors
from academies.outbox import actions as outbox
from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.enrolments import queries, rules
from commerce.enrolments.actions import locks, registration_state, waiting_list
from commerce.enrolments.facts import SeatGivenUp
from commerce.enrolments.models import Registration
from commerce.enrolments.rules import Place

Status, Cause = Registration.Status, Registration.Cause
# How long a seat that costs is kept until a payment page is asked for, which holds it longer.
ON_THE_WAY_TO_PAY = timedelta(minutes=15)


class SoldOut(errors.Conflict):
    code = "sold_out"

    def __init__(self, offering: Offering):
        taken = f"All {offering.seats} seats are taken."
        way_on = (
            "Join the waiting list and we will write when one is free."
            if offering.waiting_list
            else "This date has no waiting list; look for another one."
        )
        super().__init__(f"{taken} {way_on}", waiting_list=offering.waiting_list)


class AlreadyRegistered(errors.Conflict):
    """Carries `registration` (id, status) and, where a held seat waits for money, `payment` with the way to pay."""

    code = "already_registered"
    MESSAGES = {
        Status.CONFIRMED: "You have a seat at this date already.",
        Status.PENDING: "A seat is held for you already. Pay for it to confirm it.",
        Status.WAITLISTED: "You are on the waiting list already. We will write when a seat is free.",
    }

    def __init__(self, registration: Registration):
        pending = registration.status == Status.PENDING
        super().__init__(
            self.MESSAGES[Status(registration.status)],
            registration={"id": str(registration.pk), "status": registration.status},
            payment={"provider": None, "url": queries.pay_url(registration)} if pending else None,
        )


class RegistrationClosed(errors.Conflict):
    code = "registration_closed"
    message = "Registration for this date has closed. Look for another one."


class DateCancelled(errors.Conflict):
    code = "date_cancelled"
    message = "This date has been cancelled, so there are no seats at it. Look for another one."


class SeatsFree(errors.Conflict):
    code = "seats_free"
    message = "There are free seats: take one instead of waiting."


def _refuse_cancelled(offering: Offering) -> None:
    if offering.is_cancelled:
        raise DateCancelled()


def _refuse_closed(offering: Offering, now: datetime) -> None:
    if offering.opens_at and now < offering.opens_at:
        raise RegistrationClosed(f"Registration opens on {registration_state.said(offering.opens_at)}. Come back then.")
    if now >= offering.registration_ends_at:
        raise RegistrationClosed()


def _live(person: User, offering: Offering) -> Registration | None:
    return Registration.objects.filter(person=person, offering=offering, status__in=Registration.LIVE).first()


def _lapsed(registration: Registration, now: datetime) -> bool:
    return registration.status == Status.PENDING and (registration.hold_until is None or registration.hold_until <= now)


def refuse_seat(*, person: User, offering: Offering, now: datetime) -> None:
    """Raise what `hold_seat` would raise now, without its lock: for a page that mustn't offer what will be refused."""
    _refuse_cancelled(offering)
    mine = _live(person, offering)
    if mine is not None and mine.status != Status.PENDING:
        raise AlreadyRegistered(mine)
    if mine is None:
        _refuse_closed(offering, now)
        if registration_state.place(offering, registration_state.count(offering, now)) is not Place.SEATED:
            raise SoldOut(offering)


@transaction.atomic
def hold_seat(*, person: User, offering: Offering, hold_until: datetime, source: str, now: datetime) -> Registration:
    """Hold a seat until it is paid for. One's own pending one is held again, for the longer of both times.

    source: what will pay for it, `order:<id>`.  Locks the offering.
    Raises SoldOut, AlreadyRegistered (confirmed or waiting), RegistrationClosed, DateCancelled.
    """
    offering = locks.lock_offering(offering.pk)
    _refuse_cancelled(offering)
    mine = _live(person, offering)
    if mine is None:
        _refuse_closed(offering, now)
        if registration_state.place(offering, registration_state.count(offering, now)) is not Place.SEATED:
            raise SoldOut(offering)
        return registration_state.begin(
            person, offering, status=Status.PENDING, now=now, hold_until=hold_until, source=source,
            terms=queries.terms_now(offering),
        )  # fmt: skip
    if mine.status != Status.PENDING:
        raise AlreadyRegistered(mine)
    return _hold_again(mine, offering, hold_until, source, now)


def _hold_again(
    mine: Registration, offering: Offering, hold_until: datetime, source: str, now: datetime
) -> Registration:
    if (
        _lapsed(mine, now)
        and registration_state.place(offering, registration_state.count(offering, now)) is not Place.SEATED
    ):
        raise SoldOut(offering)
    mine.hold_until = max(mine.hold_until or hold_until, hold_until)
    mine.source, mine.terms = source, queries.terms_now(offering)
    mine.save(update_fields=["hold_until", "source", "terms"])
    return mine


@transaction.atomic
def register(
    *, person: User, offering: Offering, now: datetime, answers: Mapping[str, Any] | None = None
) -> Registration:
    """Give a person a seat or a place in line: confirmed, pending (a seat that costs, held for payment) or waitlisted.

    answers: to the questions asked, JSON.  Locks the offering, so the last seat goes to one person.
    Raises SoldOut when it is full and has no waiting list, AlreadyRegistered, RegistrationClosed, DateCancelled.
    """
    offering = locks.lock_offering(offering.pk)
    _refuse_cancelled(offering)
    mine = _live(person, offering)
    if mine is not None and not _lapsed(mine, now):
        raise AlreadyRegistered(mine)
    _refuse_closed(offering, now)
    if mine is not None:
        registration_state.become(mine, Status.EXPIRED, now=now)
    hall = registration_state.count(offering, now)
    said = dict(answers or {})
    match registration_state.place(offering, hall):
        case Place.REFUSED:
            raise SoldOut(offering)
        case Place.WAITING:
            return _queue(person, offering, hall, said, now)
        case Place.SEATED:
            return _take_seat(person, offering, said, now)


def _queue(
    person: User, offering: Offering, hall: registration_state.Hall, answers: dict[str, Any], now: datetime
) -> Registration:
    since = registration_state.since(hall, now)
    registration = registration_state.begin(
        person, offering, status=Status.WAITLISTED, now=now, answers=answers, waiting_since=since
    )
    registration_state.tell("seat_waiting", registration, offering, now, position=hall.line + 1)
    return registration


def _take_seat(person: User, offering: Offering, answers: dict[str, Any], now: datetime) -> Registration:
    if offering.price_minor:
        hold_until = now + ON_THE_WAY_TO_PAY
        return registration_state.begin(
            person, offering, status=Status.PENDING, now=now, answers=answers, hold_until=hold_until
        )
    registration = registration_state.begin(person, offering, status=Status.CONFIRMED, now=now, answers=answers)
    registration_state.tell(
        "seat_confirmed", registration, offering, now, instructions=registration_state.joining(offering)
    )
    return registration


@transaction.atomic
def join_waiting_list(
    *, person: User, offering: Offering, now: datetime, answers: Mapping[str, Any] | None = None
) -> Registration:
    """Put a person at the end of the line, and never into a seat: what a button "Join the waiting list" promises.

    Raises SeatsFree, SoldOut (no waiting list), AlreadyRegistered, RegistrationClosed, DateCancelled.
    """
    locked = locks.lock_offering(offering.pk)
    _refuse_cancelled(locked)
    mine = _live(person, locked)
    if mine is None and registration_state.place(locked, registration_state.count(locked, now)) is Place.SEATED:
        _refuse_closed(locked, now)
        raise SeatsFree()
    return register(person=person, offering=locked, now=now, answers=answers)


@transaction.atomic
def confirm_seat(*, registration: Registration, now: datetime, source: str = "") -> bool:
    """Make a held seat final because it is paid. Returns False when the hold has ended and no seat is left.

    source: what paid for it, where that isn't what held it last.  Locks the offering and counts again. A hold that ran out
    gets a seat only if one is free and nobody waits for it. Confirmed already: True.  Raises DateCancelled.
    """
    offering = locks.lock_offering(registration.offering_id)
    current = Registration.objects.select_related("person").get(pk=registration.pk)
    if current.status == Status.CONFIRMED:
        return True
    _refuse_cancelled(offering)
    if not _may_confirm(current, offering, now):
        return False
    paid_by = source or current.source
    registration_state.become(current, Status.CONFIRMED, now=now, by=current.person, source=paid_by)
    registration_state.tell("seat_confirmed", current, offering, now, instructions=registration_state.joining(offering))
    return True


def _may_confirm(current: Registration, offering: Offering, now: datetime) -> bool:
    if current.status == Status.PENDING and not _lapsed(current, now):
        return True
    if Status.CONFIRMED not in rules.REGISTRATION[current.status] or current.status == Status.WAITLISTED:
        return False
    other = _live(current.person, offering)
    if other is not None and other.pk != current.pk:
        return False
    return registration_state.place(offering, registration_state.count(offering, now)) is Place.SEATED


@transaction.atomic
def cancel_registration(*, registration: Registration, by: User | None, now: datetime, cause: str = "") -> Registration:
    """Give up a seat or a place in line; the seat goes to the next in line. Ended already: nothing happens.

    by: None for the system.  cause: given up by the person, else by staff, unless said.  The money of a seat that
    costs is told to checkout by a fact.  Raises RegistrationClosed for one's own seat after the start.
    """
    offering = locks.lock_offering(registration.offering_id)
    current = Registration.objects.select_related("person").get(pk=registration.pk)
    if current.status not in Registration.LIVE:
        return current
    had_seat, is_own = current.status == Status.CONFIRMED, by is not None and by.pk == current.person_id
    if had_seat and is_own and offering.starts_at <= now:
        raise RegistrationClosed("It has begun, so this seat can't be given up any more.")
    cause = cause or (Cause.GIVEN_UP if is_own else Cause.BY_STAFF)
    registration_state.become(current, Status.CANCELLED, now=now, by=by, cause=cause)
    tells_of_money = by is not None and bool(current.source) and cause in (Cause.GIVEN_UP, Cause.BY_STAFF)
    percent = queries.refund_percent(current, now) if tells_of_money and is_own else None
    if had_seat:
        paid = tells_of_money and offering.price_minor > 0
        registration_state.tell(
            "seat_cancelled", current, offering, now, paid=paid, percent=percent, decided=percent is not None
        )
    if tells_of_money:
        reason = _("The seat was given up.") if is_own else _("The registration was cancelled.")
        _tell_of_money(current, percent=percent, reason=reason)
    waiting_list.move_up(offering, now)
    return current


def _tell_of_money(registration: Registration, *, percent: int | None, reason: str) -> None:
    """Have checkout give back what is due, in the same transaction: neither happens without the other."""
    outbox.publish(
        SeatGivenUp(str(registration.pk), registration.source, str(registration.cause), percent=percent, reason=reason)
    )
