"""Fulfilling an order: holding seats, giving access, and taking both away. Always with the order locked."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from academies.kernel.errors import Refusal
from academies.notifications import actions as notices
from academies.people.models import User
from academies.tenants import cache_version
from academies.tenants import queries as tenants
from academies.tenants.languages import page_language
from commerce.checkout import refusals, rules
from commerce.checkout.actions import locks, pricing
from commerce.checkout.models import Order, OrderLine, PaymentAttempt
from commerce.enrolments import actions as enrolments
from commerce.enrolments.models import Registration

logger = logging.getLogger(__name__)


def order_lines(order: Order) -> list[OrderLine]:
    return list(order.lines.select_related("plan", "offering", "offering__page", "registration").order_by("pk"))


def seat_lines(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Return the lines that hold seats, in the order in which offerings are locked."""
    return sorted((line for line in lines if line.offering_id), key=lambda line: str(line.offering_id))


def entitlement_source(line: OrderLine) -> str:
    """Return the source of the entitlements of a line, so that a refund revokes those and no others."""
    return f"order_line:{line.pk}"


def seat_source(order: Order) -> str:
    return f"order:{order.pk}"


def fulfil_order(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> None:
    """Confirm the seats and open the courses of an order. Raises SeatGone: then roll back what was given before it."""
    for line in seat_lines(lines):
        assert line.registration
        if not enrolments.confirm_seat(registration=line.registration, source=seat_source(order), now=now):
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
    grant: dict[str, Any] = {"person": person, "source": entitlement_source(line), "now": now}
    # A grant for a course enrols in it as well.
    for key in keys:
        if plan.access_days:
            enrolments.grant_days(course_key=key, days=plan.access_days, **grant)
        else:
            enrolments.grant(course_key=key, starts_at=now, ends_at=None, **grant)


def hold_seats(order: Order, lines: Iterable[OrderLine], *, now: datetime) -> None:
    """Hold every seat of an order, or hold it for longer. Raises what `enrolments.hold_seat` raises."""
    for line in seat_lines(lines):
        assert line.offering
        line.registration = enrolments.hold_seat(
            person=order.person, offering=line.offering, hold_until=order.expires_at + rules.SEAT_MARGIN,
            source=seat_source(order), now=now,
        )  # fmt: skip


def rehold(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> None:
    """Hold the seats of an order that had ended once more, if all of it can still be sold.

    Raises the refusal of whatever can't.
    """
    if order.coupon_id:
        coupon = locks.lock_coupon(order.coupon.code)  # type: ignore[union-attr]
        if coupon:
            pricing.check_coupon_uses(coupon)
    for line in lines:
        product = line.plan or line.offering
        assert product
        pricing.check_sellable(product, person=order.person, now=now)
    hold_seats(order, lines, now=now)
    for line in seat_lines(lines):
        line.save(update_fields=["registration"])


def extend_hold(order: Order, *, until: datetime, now: datetime) -> None:
    """Keep a pending order, and the seats it still holds, for longer. It is never shortened."""
    if until <= order.expires_at:
        return
    order.expires_at = until
    order.save(update_fields=["expires_at"])
    pending = Registration.Status.PENDING
    held = [line for line in order_lines(order) if line.registration and line.registration.status == pending]
    try:
        hold_seats(order, held, now=now)
    except Refusal as refusal:
        # The seat is gone: whether the payment can still be fulfilled is decided when it comes.
        logger.warning("order %s could not keep its seats: %s", order.number, refusal.code)


def release_hold(order: Order, lines: Iterable[OrderLine], *, by: User | None, now: datetime) -> None:
    """Release the seats of these lines; a seat that a later order took over is left alone."""
    for line in seat_lines(lines):
        seat = line.registration
        if seat and seat.source == seat_source(order) and seat.status in Registration.LIVE:
            cause = Registration.Cause.ORDER_ENDED
            enrolments.cancel_registration(registration=seat, by=by, now=now, cause=cause)


def revoke_fulfilment(order: Order, lines: Sequence[OrderLine], *, by: User | None, now: datetime) -> None:
    """End the access and the seats that these lines gave, and nothing that another order gave.

    Seats before access, the order in which `fulfil_order` locks.
    """
    release_hold(order, lines, by=by, now=now)
    for line in lines:
        if line.plan_id:
            enrolments.revoke(source=entitlement_source(line), now=now)


def email_payment_confirmation(order: Order, lines: Iterable[OrderLine], *, now: datetime) -> None:
    """Queue the email that says that an order is paid, once."""
    notices.send(
        kind="order_paid", key=f"order_paid:{order.pk}", person=order.person, now=now,
        number=order.number, total=order.total if order.total_minor else "",
        items=[line.title for line in lines], path=order_path(order),
    )  # fmt: skip


def email_payment_instructions(order: Order, attempt: PaymentAttempt, *, now: datetime) -> None:
    """Queue the email that says how to pay an order by hand, once for each attempt."""
    zone = ZoneInfo(tenants.current().time_zone or "UTC")
    with translation.override(page_language()):
        until = date_format(order.expires_at.astimezone(zone), "DATE_FORMAT")
    notices.send(
        kind="payment_instructions", key=f"payment_instructions:{attempt.pk}", person=order.person, now=now,
        number=order.number, total=order.total, instructions=attempt.instructions,
        until=until, path=order_path(order),
    )  # fmt: skip


def order_path(order: Order) -> str:
    return reverse("order", args=[order.pk])
