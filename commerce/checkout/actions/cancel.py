"""Cancelling: orders that are not paid, and seats that are.

The provider closes the session of an unpaid order first; then its seats are released. Of a paid seat that is released,
the part goes back that the terms shown when it was ordered say.
"""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from academies.kernel.money import Money, share, smallest_payment
from academies.notifications import actions as notices
from academies.people.models import User
from commerce.checkout import gateway, queries, refusals, rules
from commerce.checkout.actions import fulfil, locks, payment, refund
from commerce.checkout.models import Order, OrderLine, PaymentAttempt, Refund
from commerce.checkout.types import RefundInput
from commerce.enrolments import queries as seats
from commerce.enrolments.facts import SeatReleased
from commerce.enrolments.models import Registration
from commerce.gateways.port import GatewayRefused, GatewayUnavailable
from commerce.gateways.types import PaymentState

logger = logging.getLogger(__name__)

Status = Order.Status
_UNPAID = (PaymentAttempt.Status.CREATED, PaymentAttempt.Status.OPEN)
MAX_AT_ONCE = 100
# A registration always has the same refund id, so that handling a fact twice refunds once.
_NAMESPACE = uuid.UUID("6d1c9f0e-52f5-4b7b-9d2b-0c1f6f0a7a11")


@gateway.within_time()
def cancel_order(*, order: Order, by: User | None, now: datetime) -> Order:
    """Cancel a pending order and release its seats. Cancelled or expired already: returns it unchanged.

    Not in a transaction: the provider closes the session first, and a buyer who was quicker has paid.
    Raises OrderPaid, PaymentProcessing, ProviderUnavailable.
    """
    ended = end_order(order.pk, Status.CANCELLED, by=by, now=now)
    if ended.status not in (Status.CANCELLED, Status.EXPIRED):
        raise refusals.OrderPaid()
    return ended


def cancel_unpaid(*, order_id: UUID | str, now: datetime) -> None:
    """Cancel an order whose buyer has cancelled a seat in it, unless it is paid or has ended. Safe to repeat.

    Raises PaymentProcessing, ProviderUnavailable: then try again.
    """
    order = Order.objects.filter(pk=order_id, status=Status.PENDING).first()
    if order is not None:
        end_order(order.pk, Status.CANCELLED, by=order.person, now=now)


def supersede(*, person: User, plans: Iterable[str], offerings: Iterable[UUID], keep: UUID, now: datetime) -> None:
    """Cancel a person's older pending orders for the same products, so that nobody pays for one thing twice.

    Their seats for these offerings stay held, for the new order.  Raises as `cancel_order` does, and AlreadyBought if an
    older order turns out to be paid: pressing the button twice doesn't mean to extend.
    """
    slugs, offering_ids = set(plans), list(offerings)
    for order in queries.overlapping_orders(person, plans=slugs, offerings=offering_ids):
        if order.pk == keep:
            continue
        ended = end_order(order.pk, Status.CANCELLED, by=person, now=now, except_seats=offering_ids)
        if ended.status == Status.PAID and ended.lines.filter(plan__slug__in=slugs).exists():
            raise refusals.AlreadyBought()


def expire_orders(*, now: datetime) -> int:
    """Expire the orders whose time to pay is over, the longest overdue first. Returns how many.

    One that turns out to be paid is settled instead; one whose provider doesn't answer is left for the next time.
    """
    overdue = Order.objects.filter(status=Status.PENDING, expires_at__lte=now).order_by("expires_at", "pk")
    count = 0
    for pk in list(overdue.values_list("pk", flat=True)[:MAX_AT_ONCE]):
        try:
            count += end_order(pk, Status.EXPIRED, by=None, now=now).status == Status.EXPIRED
        except (refusals.ProviderUnavailable, refusals.PaymentProcessing, refusals.PaymentsNotSetUp) as refusal:
            logger.warning("order %s can't expire yet: %s", pk, refusal.code)
    return count


def end_order(
    order_id: UUID, status: str, *, by: User | None, now: datetime, except_seats: Iterable[UUID] = ()
) -> Order:
    """Close an order's sessions, then cancel or expire it, unless it was paid meanwhile. Returns the order as it then is."""
    closed = close_sessions(order_id, now=now)
    with transaction.atomic():
        # Read again, with the lock: what was true before the provider answered may not be true any more.
        order = locks.lock_order(order_id)
        if order.status != Status.PENDING or (status == Status.EXPIRED and order.expires_at > now):
            return order
        unpaid = list(order.attempts.filter(status__in=_UNPAID).order_by("pk"))
        if any(attempt.reference and attempt.reference not in closed for attempt in unpaid):
            raise refusals.SessionJustOpened()
        for attempt in unpaid:
            locks.transition(attempt, PaymentAttempt.Status.CANCELLED, now=now, by=by)
        fulfil.release_hold(order, _lines_to_release(order, status, set(except_seats)), by=None, now=now)
        locks.transition(order, status, now=now, by=by)
        return order


def close_sessions(order_id: UUID, *, now: datetime) -> set[str]:
    """Have the providers close every session of a pending order. Returns those that nobody can pay any more."""
    attempts = PaymentAttempt.objects.filter(order=order_id, order__status=Status.PENDING, status__in=_UNPAID)
    sessions = list(attempts.exclude(reference=None).order_by("pk").values_list("provider", "reference"))
    return {
        reference for provider, reference in sessions if reference and _close(order_id, provider, reference, now=now)
    }


def _close(order_id: UUID, provider: str, reference: str, *, now: datetime) -> bool:
    """Close one session; if it is paid already, settle. Raises PaymentProcessing, ProviderUnavailable."""
    try:
        remote = gateway.named(provider).expire(reference)
    except GatewayUnavailable as error:
        raise refusals.ProviderUnavailable(retry_after=max(1, round(error.retry_after))) from error
    except GatewayRefused as error:
        if error.code == "not_found":
            logger.error("the provider knows no session %s of order %s", reference, order_id)
            return True
        raise refusals.ProviderUnavailable() from error
    if remote.state in (PaymentState.PAID, PaymentState.PROCESSING):
        payment.settle(order_id=order_id, remote=remote, now=now)
    if remote.state == PaymentState.PROCESSING:
        raise refusals.PaymentProcessing()
    return True


def _lines_to_release(order: Order, status: str, keep: set[UUID]) -> list[OrderLine]:
    """Return the lines whose seats are released.

    Somebody from the waiting list was promised the seat for longer than an order lasts: an expired order doesn't break
    that promise.
    """
    longest = order.expires_at + rules.SEAT_MARGIN
    released = []
    for line in fulfil.order_lines(order):
        promised = line.registration and line.registration.hold_until and line.registration.hold_until > longest
        if line.offering_id not in keep and not (status == Status.EXPIRED and promised):
            released.append(line)
    return released


@dataclass(frozen=True)
class SeatRefund:
    """What was paid for a seat and how much of it is refunded.  percent: None if the academy decides."""

    paid: Money
    amount: Money
    percent: int | None


def seat_refund(registration: Registration, *, now: datetime) -> SeatRefund | None:
    """Return what is refunded if a person cancels a seat now; None for a seat that is not paid, or not confirmed."""
    line = queries.paid_line(registration)
    if line is None or registration.status != Registration.Status.CONFIRMED:
        return None
    left = queries.refundable_by_line([line])[line.pk]
    percent = seats.refund_percent(registration, now)
    currency = line.order.currency
    return SeatRefund(Money(left, currency), Money(_part(left, percent, currency), currency), percent) if left else None


def refunded_for_seat(registration: Registration) -> Money | None:
    """Return what was refunded for a cancelled seat, or is about to be."""
    row = Refund.objects.filter(pk=_refund_id(registration), status__in=queries.NOT_FAILED).first()
    return row.amount if row else None


def _refund_id(registration: Registration) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, str(registration.pk))


def _part(total_minor: int, percent: int | None, currency: str) -> int:
    if percent == 100:
        return total_minor
    return share(total_minor=total_minor, percent=Decimal(percent or 0), step=smallest_payment(currency))


def settle_released_seat(*, fact: SeatReleased, now: datetime) -> None:
    """Refund what is due for a seat, or cancel the order that was to pay for it; email Finance. Safe to repeat.

    Not in a transaction.  Raises PaymentProcessing, ProviderUnavailable, PaymentsNotSetUp: then try again.
    """
    registration = Registration.objects.select_related("person", "offering__page").get(pk=fact.registration_id)
    line = queries.paid_line(registration)
    if line is None:
        cancel_unpaid(order_id=fact.source.partition(":")[2], now=now)
        # A buyer who was quicker has paid meanwhile.
        line = queries.paid_line(registration)
    if line is not None:
        row = _refund_seat(line, registration, fact, now=now)
        if fact.cause != Registration.Cause.DATE_CANCELLED:
            _email_finance(line, registration, fact, row, now=now)


def _refund_seat(line: OrderLine, registration: Registration, fact: SeatReleased, *, now: datetime) -> Refund | None:
    refund_id = _refund_id(registration)
    existing = Refund.objects.filter(pk=refund_id).first()
    if existing:
        amount = existing.amount_minor
    else:
        amount = _part(queries.refundable_by_line([line])[line.pk], fact.percent, line.order.currency)
    if not amount:
        return None
    refund_input = RefundInput(
        fact.reason, amount, [line.pk], entitlements=Refund.Entitlements.CANCEL_IMMEDIATELY, refund_id=refund_id
    )
    try:
        return refund.refund_order(order=line.order, by=None, refund_input=refund_input, now=now)
    except (refusals.RefundRefused, refusals.NothingToRefund):
        # Refused: Finance has been emailed. Nothing left: another refund was quicker.
        return Refund.objects.filter(pk=refund_id).first()


def _email_finance(
    line: OrderLine, registration: Registration, fact: SeatReleased, row: Refund | None, *, now: datetime
) -> None:
    is_refunded = row is not None and row.status != Refund.Status.FAILED
    for person in queries.finance_staff():
        notices.send(
            kind="paid_seat_given_up", key=f"paid_seat_given_up:{registration.pk}:{person.pk}", person=person, now=now,
            who=registration.person.full_name or registration.person.email, title=line.title, number=line.order.number,
            total=line.total, amount=row.amount if row and is_refunded else "",
            by_staff=fact.cause == Registration.Cause.BY_STAFF, undecided=fact.percent is None or bool(row),
            path=reverse("checkout_order_modeladmin_inspect", args=[line.order_id]),
        )  # fmt: skip
