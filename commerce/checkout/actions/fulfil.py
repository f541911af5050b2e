"""Giving what was bought, and letting go of what was held. Always under the order's lock, in its transaction."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from academies.kernel.errors import Refusal
from academies.notifications import actions as notices
from academies.people.models import User
from academies.tenants import cache_version
from commerce.checkout import rules
from commerce.checkout.actions import locks, refusals, selling
from commerce.checkout.models import Order, OrderLine
from commerce.enrolments import actions as enrolments
from commerce.enrolments.models import Registration

logger = logging.getLogger(__name__)

_HELD = Registration.Status.PENDING


def lines_of(order: Order) -> list[OrderLine]:
    return list(order.lines.select_related("plan", "offering", "offering__page", "registration").order_by("pk"))


def by_offering(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Return the lines that hold seats, in the order in which offerings are locked."""
    return sorted((line for line in lines if line.offering_id), key=lambda line: str(line.offering_id))


def source_of(line: OrderLine) -> str:
    """Name a line as what grants access, so that a refund takes back its own and nothing else."""
    return f"order_line:{line.pk}"


def seat_source_of(order: Order) -> str:
    return f"order:{order.pk}"


def deliver(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> None:
    """Confirm the seats and open the courses of an order. Raises SeatGone: then roll back what was given before it."""
    for line in by_offering(lines):
        assert line.registration
        if not enrolments.confirm_seat(registration=line.registration, source=seat_source_of(order), now=now):
            raise refusals.SeatGone()
    for line in lines:
        if line.plan:
            _open_courses(order.person, line, now=now)
    if any(line.offering_id for line in lines):
        cache_version.bump()


def _open_courses(person: User, line: OrderLine, *, now: datetime) -> None:
    plan = line.plan
    assert plan
    keys = [None] if plan.all_courses else list(plan.courses.order_by("pk").values_list("translation_key", flat=True))
    given: dict[str, Any] = {"person": person, "source": source_of(line), "now": now}
    # A grant for a course enrols in it as well.
    for key in keys:
        if plan.access_days:
            enrolments.grant_days(course_key=key, days=plan.access_days, **given)
        else:
            enrolments.grant(course_key=key, starts_at=now, ends_at=None, **given)


def hold_seats(order: Order, lines: Iterable[OrderLine], *, now: datetime) -> None:
    """Hold every seat of an order, or hold it longer. Raises what `enrolments.hold_seat` raises."""
    for line in by_offering(lines):
        assert line.offering
        line.registration = enrolments.hold_seat(
            person=order.person, offering=line.offering, hold_until=order.expires_at + rules.SEAT_MARGIN,
            source=seat_source_of(order), now=now,
        )  # fmt: skip


def resell(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> None:
    """Check, for an order that had let go, that all of it can be sold once more, and hold its seats again.

    Raises the refusal of whatever can't.
    """
    if order.coupon_id:
        coupon = locks.lock_coupon(order.coupon.code)  # type: ignore[union-attr]
        if coupon:
            selling.refuse_used_up(coupon)
    for line in lines:
        thing = line.plan or line.offering
        assert thing
        selling.refuse_unsellable(thing, person=order.person, now=now)
    hold_seats(order, lines, now=now)
    for line in by_offering(lines):
        line.save(update_fields=["registration"])


def extend(order: Order, *, until: datetime, now: datetime) -> None:
    """Keep a pending order, and the seats it still holds, for longer. Never for less long."""
    if until <= order.expires_at:
        return
    order.expires_at = until
    order.save(update_fields=["expires_at"])
    held = [line for line in lines_of(order) if line.registration and line.registration.status == _HELD]
    try:
        hold_seats(order, held, now=now)
    except Refusal as refusal:
        # The seat is gone: whether the payment can still be taken is decided when it comes.
        logger.warning("order %s could not keep its seats: %s", order.number, refusal.code)


def release(order: Order, lines: Iterable[OrderLine], *, by: User | None, now: datetime) -> None:
    """Give back the seats of these lines; a seat that a later order took over is left alone."""
    for line in by_offering(lines):
        seat = line.registration
        if seat and seat.source == seat_source_of(order) and seat.status in Registration.LIVE:
            cause = Registration.Cause.ORDER_ENDED
            enrolments.cancel_registration(registration=seat, by=by, now=now, cause=cause)


def take_back(order: Order, lines: Sequence[OrderLine], *, by: User | None, now: datetime) -> None:
    """End the access and the seats that these lines gave: their own, and nothing another order gave.

    Seats before access, the order in which `deliver` locks.
    """
    release(order, lines, by=by, now=now)
    for line in lines:
        if line.plan_id:
            enrolments.revoke(source=source_of(line), now=now)


def write_of_payment(order: Order, lines: Iterable[OrderLine], *, now: datetime) -> None:
    """Queue the one mail that says an order is paid."""
    notices.send(
        kind="order_paid", key=f"order_paid:{order.pk}", person=order.person, now=now,
        number=order.number, total=order.total if order.total_minor else "",
        items=[line.title for line in lines], path=path_of(order),
    )  # fmt: skip


def path_of(order: Order) -> str:
    return f"/checkout/orders/{order.pk}/"
