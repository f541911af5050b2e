"""Giving money back, in three steps: written down under the order's lock, sent outside it, booked under it again."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from academies.journal import actions as journal
from academies.kernel.codes import uuid7
from academies.kernel.errors import Invalid
from academies.kernel.money import Money, smallest_payment
from academies.notifications import actions as notices
from academies.outbox import actions as outbox
from academies.people.models import User
from commerce.checkout import queries, rules
from commerce.checkout.actions import fulfil, locks, moves, refusals, till
from commerce.checkout.facts import RefundWish
from commerce.checkout.models import Order, OrderLine, PaymentAttempt, Refund
from commerce.gateways.facts import RefundRequest, RefundState, RemoteRefund
from commerce.gateways.port import GatewayRefused, GatewayUnavailable

logger = logging.getLogger(__name__)

Status = Refund.Status
Entitlements = Refund.Entitlements
_PAID = (Order.Status.PAID, Order.Status.PARTIALLY_REFUNDED, Order.Status.REFUNDED)
# The one who asked waits for the provider; only when that was cut short does the outbox ask again.
SEND_AGAIN_AFTER = timedelta(minutes=1)


@till.within_time()
def refund(*, order: Order, by: User | None, wish: RefundWish, now: datetime) -> Refund:
    """Give an order's money back, whatever became of the order: an amount, what some lines cost, or all that is left.

    Not in a transaction: the provider is asked after commit. The refund is done, failed, or still created when the
    provider is slow or out of reach; it is then asked again, with the same id, until it answers. The same `refund_id`
    again is the same refund.
    Raises NothingToRefund, LineGivenBack, RefundTooLarge, RefundChanged, RefundRefused, PaymentsNotSetUp, Invalid.
    """
    till.gateway()
    made = _write(order.pk, wish, by=by, now=now)
    try:
        sent = send_refund(refund_id=made.pk, now=now)
    except GatewayUnavailable:
        # Written down, with a message in the outbox: it is sent as soon as the provider is there.
        return made
    if sent.status == Status.FAILED:
        raise refusals.RefundRefused()
    return sent


def preview_refund(*, order: Order, wish: RefundWish) -> tuple[Money, str]:
    """Return how much `refund` would give back now, and what would become of access. Raises what it raises."""
    _attempt, settled = _settled(order, wish)
    assert settled.amount_minor is not None
    return Money(settled.amount_minor, order.currency), settled.entitlements


@transaction.atomic
def _write(order_id: UUID, wish: RefundWish, *, by: User | None, now: datetime) -> Refund:
    order = locks.lock_order(order_id)
    known = queries.refunds_of(order).filter(pk=wish.refund_id).first() if wish.refund_id else None
    if known:
        return known
    attempt, settled = _settled(order, wish)
    return _create(attempt, settled, by=by, now=now, send_at=now + SEND_AGAIN_AFTER)


def _settled(order: Order, wish: RefundWish) -> tuple[PaymentAttempt, RefundWish]:
    """Return the payment that a refund is taken from, and the wish with everything left open decided."""
    chosen = _chosen(order, wish)
    attempt, left = queries.refundable(order)
    if attempt is None or left <= 0:
        raise refusals.NothingToRefund()
    amount = wish.amount_minor
    if amount is None:
        amount = min(queries.cost_of(order, fulfil.lines_of(order), chosen), left) if chosen else left
    if amount <= 0:
        raise Invalid(fields={"amount": ["Enter an amount above nothing."]})
    if amount > left:
        raise refusals.RefundTooLarge(left={"amount_minor": left, "currency": order.currency})
    # All that is left was charged once, so it can go back as it is.
    if amount != left and amount % smallest_payment(order.currency):
        raise Invalid(fields={"amount": ["In this currency only amounts with a 0 at the end can be paid."]})
    if wish.expected_minor not in (None, amount):
        raise refusals.RefundChanged()
    ends = bool(chosen) or queries.leaves_nothing(order, amount)
    usual = Entitlements.CANCEL_IMMEDIATELY if ends else Entitlements.KEEP
    lines = [line.pk for line in chosen]
    return attempt, replace(wish, amount_minor=amount, lines=lines, entitlements=wish.entitlements or usual)


def _chosen(order: Order, wish: RefundWish) -> list[OrderLine]:
    """Return the lines that are wanted: for a sum that somebody names, also those that went back already."""
    wanted = {str(pk) for pk in wish.lines}
    chosen = [line for line in fulfil.lines_of(order) if str(line.pk) in wanted]
    if len(chosen) < len(wanted):
        raise Invalid(fields={"lines": ["Name lines of this order, by their id."]})
    live = queries.refunds_of(order).filter(status__in=queries.GIVEN_BACK) if chosen else ()
    if wish.amount_minor is None and any(wanted & set(one.lines) for one in live):
        raise refusals.LineGivenBack()
    return chosen


def _create(
    attempt: PaymentAttempt, wish: RefundWish, *, by: User | None, now: datetime, send_at: datetime | None = None
) -> Refund:
    """Write a refund down. wish: with its amount and what becomes of access.  send_at: None where it is made already."""
    assert wish.amount_minor is not None
    made = Refund.objects.create(
        id=wish.refund_id or uuid7(), attempt=attempt, amount_minor=wish.amount_minor, currency=attempt.currency,
        reason=wish.reason[:250], entitlements=wish.entitlements, lines=[str(pk) for pk in wish.lines], by=by,
        created_at=now,
    )  # fmt: skip
    noted = {"note": wish.note} if wish.note else {}
    journal.record(
        "checkout.refund_created", of=made, by=by, at=now, amount_minor=made.amount_minor, reason=made.reason, **noted
    )
    if send_at:
        outbox.later(
            "checkout.send_refund", key=f"refund:{made.pk}", due_at=send_at, payload={"refund_id": str(made.pk)}
        )
    return made


def give_back(order: Order, attempt: PaymentAttempt, *, reason: str, now: datetime) -> Refund:
    """Send a payment back for which nothing was given. Call it under the order's lock, once."""
    wish = RefundWish(reason, attempt.amount_minor, entitlements=Entitlements.KEEP)
    return _create(attempt, wish, by=None, now=now, send_at=now)


def send_refund(*, refund_id: UUID | str, now: datetime) -> Refund:
    """Ask the provider to give a refund, unless it is known to have: our id is the idempotency key.

    Not in a transaction. Lets GatewayUnavailable through: ask again later.
    """
    row = Refund.objects.select_related("attempt").get(pk=refund_id)
    if row.status != Status.CREATED:
        return row
    till_of = till.gateway()
    request = RefundRequest(
        refund_id=str(row.pk), payment_reference=row.attempt.payment_reference or "",
        amount_minor=row.amount_minor, currency=row.currency, reason=row.reason,
    )  # fmt: skip
    # Providers forget idempotency keys after a day, so an old refund is looked for before it is sent.
    is_old = row.reference is not None or row.created_at < now - timedelta(hours=12)
    remote = _sent_before(till_of, row) if is_old else None
    if remote is None:
        try:
            remote = till_of.refund(request)
        except GatewayRefused as error:
            logger.error("the provider refused refund %s: %s", row.pk, error)
            remote = _sent_before(till_of, row)
            if remote is None:
                return _fail(row, why=str(error), now=now)
    return _record(row, remote, now=now)


def _sent_before(till_of: till.Till, row: Refund) -> RemoteRefund | None:
    try:
        payment = till_of.read(row.attempt.payment_reference or "")
    except GatewayRefused:
        return None
    known = (one for one in payment.refunds if one.refund_id == str(row.pk) or one.reference == row.reference)
    return next(known, None)


@transaction.atomic
def _fail(row: Refund, *, why: str, now: datetime) -> Refund:
    order = locks.lock_order(row.attempt.order_id)
    locked = locks.lock_refund(row.pk)
    if locked.status == Status.CREATED:
        moves.move(locked, Status.FAILED, now=now, why=why)
        _tell_finance(order, locked, ended=False, now=now)
    return locked


@transaction.atomic
def _record(row: Refund, remote: RemoteRefund, *, now: datetime) -> Refund:
    order = locks.lock_order(row.attempt.order_id)
    locked = locks.lock_refund(row.pk)
    _bring_up(order, locked, remote, now=now)
    return locked


def book(order: Order, attempt: PaymentAttempt, remotes: Iterable[RemoteRefund], *, now: datetime) -> None:
    """Bring an attempt's refunds up to what the provider says, those that somebody made outside included.

    Call it under the order's lock.
    """
    known = {str(row.pk): row for row in attempt.refunds.select_for_update(no_key=True).order_by("pk")}
    by_reference = {row.reference: row for row in known.values() if row.reference}
    for remote in remotes:
        row = by_reference.get(remote.reference) or known.get(remote.refund_id or "")
        if row is None and remote.state != RefundState.FAILED and remote.amount_minor > 0:
            row = _create_external(order, attempt, remote, now=now)
        if row is not None:
            _bring_up(order, row, remote, now=now)


def _create_external(order: Order, attempt: PaymentAttempt, remote: RemoteRefund, *, now: datetime) -> Refund:
    """Write down a refund made at the provider. One that leaves nothing ends access; a part of it doesn't."""
    ends = queries.leaves_nothing(order, remote.amount_minor)
    entitlements = Entitlements.CANCEL_IMMEDIATELY if ends else Entitlements.KEEP
    reason = remote.reason or "made at the provider"
    return _create(attempt, RefundWish(reason, remote.amount_minor, entitlements=entitlements), by=None, now=now)


_STATUS = {RefundState.DONE: Status.DONE, RefundState.FAILED: Status.FAILED}


def _bring_up(order: Order, row: Refund, remote: RemoteRefund, *, now: datetime) -> None:
    wanted = _STATUS.get(remote.state)
    # What failed at the provider is over: only an answer older than that says otherwise.
    if row.status == Status.FAILED and row.reference:
        return
    if row.reference is None:
        row.reference = remote.reference
        row.save(update_fields=["reference"])
    if wanted is None or row.status == wanted:
        return
    was_done, was_paid = row.status == Status.DONE, order.status in _PAID
    moves.move(row, wanted, now=now, by=row.by, amount_minor=row.amount_minor)
    _restate(order, now=now)
    if wanted == Status.DONE and was_paid:
        _take_effect(order, row, now=now)
    if wanted == Status.FAILED:
        _tell_finance(order, row, ended=was_done and row.entitlements == Entitlements.CANCEL_IMMEDIATELY, now=now)


def _restate(order: Order, *, now: datetime) -> None:
    """Give a paid order the status that its money has."""
    if order.status not in _PAID:
        return
    back = queries.given_back_minor(queries.refunds_of(order), statuses=[Status.DONE])
    status = rules.after_refunds(
        total_minor=order.total_minor, confirmed_minor=queries.confirmed_minor(order), refunded_minor=back
    )
    if status != order.status:
        moves.move(order, status, now=now)


def _take_effect(order: Order, row: Refund, *, now: datetime) -> None:
    """End access where the refund says so, and write to the buyer.

    What is paid once has no later period: with cancel_at_period_end its access ends on its own day, if it has one.
    """
    if row.entitlements == Entitlements.CANCEL_IMMEDIATELY:
        lines = [line for line in fulfil.lines_of(order) if not row.lines or str(line.pk) in row.lines]
        # Not as the buyer's own wish: that would be refused for a seat once the date has begun, and the money is gone.
        fulfil.take_back(order, lines, by=None if row.by_id == order.person_id else row.by, now=now)
    notices.send(
        kind="order_refunded", key=f"order_refunded:{row.pk}", person=order.person, now=now,
        number=order.number, total=row.amount, path=fulfil.path_of(order),
        # What no person wrote, such as "made at the provider", is no message.
        message=row.reason if row.by_id else "",
    )  # fmt: skip


def _tell_finance(order: Order, row: Refund, *, ended: bool, now: datetime) -> None:
    """Write to those who refund: the buyer has neither money nor, where it ended, what they bought.

    Nothing is given again by itself: a refund that is made once more would have to take it back.
    """
    for person in queries.refunders():
        notices.send(
            kind="refund_failed", key=f"refund_failed:{row.pk}:{person.pk}", person=person, now=now,
            number=order.number, total=row.amount, ended=ended,
            path=reverse("checkout_order_modeladmin_inspect", args=[order.pk]),
        )  # fmt: skip
