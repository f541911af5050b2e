"""Ending an order that nobody paid: the provider closes its page first, then what it held is let go."""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from academies.people.models import User
from commerce.checkout import queries, rules
from commerce.checkout.actions import fulfil, locks, moves, refusals, till
from commerce.checkout.actions.settlement import settle
from commerce.checkout.models import Order, OrderLine, PaymentAttempt
from commerce.gateways.facts import PaymentState
from commerce.gateways.port import GatewayRefused, GatewayUnavailable

logger = logging.getLogger(__name__)

Status = Order.Status
_UNPAID = (PaymentAttempt.Status.CREATED, PaymentAttempt.Status.OPEN)
AT_ONCE = 100


@till.within_time()
def cancel(*, order: Order, by: User | None, now: datetime) -> Order:
    """Cancel a pending order and free what it held. Cancelled or expired already: returns it as it is.

    Not in a transaction: the provider closes the page first, and whoever was quicker with the card has paid.
    Raises OrderPaid, PaymentProcessing, ProviderUnavailable.
    """
    ended = _end(order.pk, Status.CANCELLED, by=by, now=now)
    if ended.status not in (Status.CANCELLED, Status.EXPIRED):
        raise refusals.OrderPaid()
    return ended


def drop(*, order_id: UUID | str, now: datetime) -> None:
    """Cancel an order whose buyer has given up a seat in it, unless it is paid or over. Doing so again is nothing.

    Raises PaymentProcessing, ProviderUnavailable: then it is tried again.
    """
    order = Order.objects.filter(pk=order_id, status=Status.PENDING).first()
    if order is not None:
        _end(order.pk, Status.CANCELLED, by=order.person, now=now)


def supersede(*, person: User, plans: Iterable[str], offerings: Iterable[UUID], keep: UUID, now: datetime) -> None:
    """Cancel a person's older pending orders for the same things, so that nobody pays for one thing twice.

    The seats they held for these offerings stay held, for the order that comes.  Raises as `cancel` does, and
    AlreadyBought where an older order turns out to be paid: who presses twice doesn't mean to extend.
    """
    slugs, offered = set(plans), list(offerings)
    for order in queries.overlapping(person, plans=slugs, offerings=offered):
        if order.pk == keep:
            continue
        ended = _end(order.pk, Status.CANCELLED, by=person, now=now, except_seats=offered)
        if ended.status == Status.PAID and ended.lines.filter(plan__slug__in=slugs).exists():
            raise refusals.AlreadyBought()


def expire_orders(*, now: datetime) -> int:
    """End the orders whose time to pay is over, the longest overdue first. Returns how many ended.

    One that turns out to be paid is settled instead; one whose provider doesn't answer is left for the next time.
    """
    overdue = Order.objects.filter(status=Status.PENDING, expires_at__lte=now).order_by("expires_at", "pk")
    ended = 0
    for pk in list(overdue.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            ended += _end(pk, Status.EXPIRED, by=None, now=now).status == Status.EXPIRED
        except (refusals.ProviderUnavailable, refusals.PaymentProcessing, refusals.PaymentsNotSetUp) as refusal:
            logger.warning("order %s can't expire yet: %s", pk, refusal.code)
    return ended


def _end(order_id: UUID, to: str, *, by: User | None, now: datetime, except_seats: Iterable[UUID] = ()) -> Order:
    """Close an order's payment pages, then end it: unless it was paid meanwhile. Returns the order as it then is."""
    closed = _close_pages(order_id, now=now)
    with transaction.atomic():
        # Read again, under the lock: what was true before the provider answered may not be true any more.
        order = locks.lock_order(order_id)
        if order.status != Status.PENDING or (to == Status.EXPIRED and order.expires_at > now):
            return order
        unpaid = list(order.attempts.filter(status__in=_UNPAID).order_by("pk"))
        if any(attempt.reference and attempt.reference not in closed for attempt in unpaid):
            raise refusals.PageJustOpened()
        for attempt in unpaid:
            moves.move(attempt, PaymentAttempt.Status.CANCELLED, now=now, by=by)
        fulfil.release(order, _let_go(order, to, set(except_seats)), by=None, now=now)
        moves.move(order, to, now=now, by=by)
        return order


def _close_pages(order_id: UUID, *, now: datetime) -> set[str]:
    """Have the provider close every page of a pending order. Returns those that nobody can pay any more."""
    attempts = PaymentAttempt.objects.filter(order=order_id, order__status=Status.PENDING, status__in=_UNPAID)
    references = list(attempts.exclude(reference=None).order_by("pk").values_list("reference", flat=True))
    return {reference for reference in references if reference and _close(order_id, reference, now=now)}


def _close(order_id: UUID, reference: str, *, now: datetime) -> bool:
    """Close one page; where it is paid already, settle. Raises PaymentProcessing, ProviderUnavailable."""
    try:
        remote = till.gateway().expire(reference)
    except GatewayUnavailable as error:
        raise refusals.ProviderUnavailable(retry_after=max(1, round(error.retry_after))) from error
    except GatewayRefused as error:
        if error.code == "not_found":
            logger.error("the provider knows no page %s of order %s", reference, order_id)
            return True
        raise refusals.ProviderUnavailable() from error
    if remote.state in (PaymentState.PAID, PaymentState.PROCESSING):
        settle(order_id=order_id, remote=remote, now=now)
    if remote.state == PaymentState.PROCESSING:
        raise refusals.PaymentProcessing()
    return True


def _let_go(order: Order, to: str, keep: set[UUID]) -> list[OrderLine]:
    """Return the lines whose seats are freed.

    Somebody from the waiting list was promised the seat for longer than an order lasts: letting the order lapse doesn't
    break that promise.
    """
    longest = order.expires_at + rules.SEAT_MARGIN
    freed = []
    for line in fulfil.lines_of(order):
        promised = line.registration and line.registration.hold_until and line.registration.hold_until > longest
        if line.offering_id not in keep and not (to == Status.EXPIRED and promised):
            freed.append(line)
    return freed
