"""Refunds, in three steps: stored with the order locked, sent to the provider without a lock, and applied with it again."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from academies.journal import actions as journal
from academies.kernel.codes import uuid7
from academies.kernel.errors import Invalid
from academies.kernel.money import Money, smallest_payment
from academies.notifications import actions as notices
from academies.outbox import actions as outbox
from academies.people.models import User
from commerce.checkout import gateway, queries, refusals, rules
from commerce.checkout.actions import fulfil, locks
from commerce.checkout.models import Order, OrderLine, PaymentAttempt, Refund
from commerce.checkout.types import RefundInput
from commerce.gateways.port import Gateway, GatewayRefused, GatewayUnavailable
from commerce.gateways.types import RefundRequest, RefundState, RemoteRefund

logger = logging.getLogger(__name__)

Status = Refund.Status
Entitlements = Refund.Entitlements
_PAID = (Order.Status.PAID, Order.Status.PARTIALLY_REFUNDED, Order.Status.REFUNDED)
# Whoever refunds waits for the provider; only if that is cut short the outbox sends the refund again.
SEND_AGAIN_AFTER = timedelta(minutes=1)


@gateway.within_time()
def refund_order(*, order: Order, by: User | None, refund_input: RefundInput, now: datetime) -> Refund:
    """Refund an order's payment, whatever became of the order: an amount, the price of some lines, or all that is left.

    Not in a transaction: the provider is called after commit. The refund is done, failed, or still created if the
    provider is slow or can't be reached; it is then sent again with the same id until the provider answers. Where
    people pay refunds out, it is created until they record it. The same `refund_id` again is the same refund.
    Raises NothingToRefund, LineAlreadyRefunded, RefundTooLarge, RefundChanged, RefundRefused, PaymentsNotSetUp, Invalid.
    """
    attempt, _left = queries.refundable_payment(order)
    if attempt is not None:
        gateway.named(attempt.provider)
    row = _store(order.pk, refund_input, by=by, now=now)
    try:
        row = send_refund(refund_id=row.pk, now=now)
    except GatewayUnavailable:
        # Stored, with a message in the outbox: it is sent as soon as the provider is reachable.
        return row
    if row.status == Status.FAILED:
        raise refusals.RefundRefused()
    return row


def preview_refund(*, order: Order, refund_input: RefundInput) -> tuple[Money, str]:
    """Return how much `refund_order` would refund now, and what would happen to access. Raises what it raises."""
    _attempt, resolved = _resolve(order, refund_input)
    assert resolved.amount_minor is not None
    return Money(resolved.amount_minor, order.currency), resolved.entitlements


@transaction.atomic
def _store(order_id: UUID, refund_input: RefundInput, *, by: User | None, now: datetime) -> Refund:
    order = locks.lock_order(order_id)
    if refund_input.refund_id:
        existing = queries.refunds_of(order).filter(pk=refund_input.refund_id).first()
        if existing:
            return existing
    attempt, resolved = _resolve(order, refund_input)
    return _create(attempt, resolved, by=by, now=now, send_at=now + SEND_AGAIN_AFTER)


def _resolve(order: Order, refund_input: RefundInput) -> tuple[PaymentAttempt, RefundInput]:
    """Return the payment that a refund is taken from, and the input with every open choice decided."""
    lines = _selected_lines(order, refund_input)
    attempt, left = queries.refundable_payment(order)
    if attempt is None or left <= 0:
        raise refusals.NothingToRefund()
    amount = refund_input.amount_minor
    if amount is None:
        amount = min(queries.lines_cost(order, fulfil.order_lines(order), lines), left) if lines else left
    if amount <= 0:
        raise Invalid(fields={"amount": [_("Enter an amount above zero.")]})
    if amount > left:
        raise refusals.RefundTooLarge(left={"amount_minor": left, "currency": order.currency})
    # All that is left was charged as it is, so it can be refunded as it is.
    if amount != left and amount % smallest_payment(order.currency):
        raise Invalid(fields={"amount": [_("In this currency only amounts with a 0 at the end can be paid.")]})
    if refund_input.expected_minor not in (None, amount):
        raise refusals.RefundChanged()
    ends = bool(lines) or queries.refunds_everything(order, amount)
    default = Entitlements.CANCEL_IMMEDIATELY if ends else Entitlements.KEEP
    entitlements = refund_input.entitlements or default
    ids = [line.pk for line in lines]
    return attempt, replace(refund_input, amount_minor=amount, lines=ids, entitlements=entitlements)


def _selected_lines(order: Order, refund_input: RefundInput) -> list[OrderLine]:
    """Return the lines to refund; with an amount, lines that are refunded already may be named again."""
    ids = {str(pk) for pk in refund_input.lines}
    lines = [line for line in fulfil.order_lines(order) if str(line.pk) in ids]
    if len(lines) < len(ids):
        raise Invalid(fields={"lines": [_("Name lines of this order, by their id.")]})
    refunds = queries.refunds_of(order).filter(status__in=queries.NOT_FAILED) if lines else ()
    if refund_input.amount_minor is None and any(ids & set(row.lines) for row in refunds):
        raise refusals.LineAlreadyRefunded()
    return lines


def _create(
    attempt: PaymentAttempt,
    refund_input: RefundInput,
    *,
    by: User | None,
    now: datetime,
    send_at: datetime | None = None,
) -> Refund:
    """Store a refund whose amount and entitlements are decided.  send_at: None if it was made at the provider."""
    assert refund_input.amount_minor is not None
    row = Refund.objects.create(
        id=refund_input.refund_id or uuid7(), attempt=attempt, amount_minor=refund_input.amount_minor,
        currency=attempt.currency, reason=refund_input.reason[:250], entitlements=refund_input.entitlements,
        lines=[str(pk) for pk in refund_input.lines], by=by, created_at=now,
    )  # fmt: skip
    note = {"note": refund_input.note} if refund_input.note else {}
    journal.record(
        "checkout.refund_created", of=row, by=by, at=now, amount_minor=row.amount_minor, reason=row.reason, **note
    )
    if send_at:
        outbox.later("checkout.send_refund", key=f"refund:{row.pk}", due_at=send_at, payload={"refund_id": str(row.pk)})
    return row


def refund_unfulfillable(order: Order, attempt: PaymentAttempt, *, reason: str, now: datetime) -> Refund:
    """Refund a payment for which nothing could be given. Call it with the order locked, once."""
    refund_input = RefundInput(reason, attempt.amount_minor, entitlements=Entitlements.KEEP)
    return _create(attempt, refund_input, by=None, now=now, send_at=now)


def send_refund(*, refund_id: UUID | str, now: datetime) -> Refund:
    """Have the provider make a refund, unless it is known to have: our id is the idempotency key.

    Not in a transaction. Raises GatewayUnavailable: then try again later.
    """
    row = Refund.objects.select_related("attempt").get(pk=refund_id)
    if row.status != Status.CREATED:
        return row
    provider = gateway.named(row.attempt.provider)
    request = RefundRequest(
        refund_id=str(row.pk), payment_reference=row.attempt.payment_reference or "",
        amount_minor=row.amount_minor, currency=row.currency, reason=row.reason,
    )  # fmt: skip
    # Providers forget idempotency keys after a day, so an old refund is looked for before it is sent.
    is_old = row.reference is not None or row.created_at < now - timedelta(hours=12)
    remote = _find_at_provider(provider, row) if is_old else None
    if remote is None:
        try:
            remote = provider.refund(request)
        except GatewayRefused as error:
            logger.error("the provider refused refund %s: %s", row.pk, error)
            remote = _find_at_provider(provider, row)
            if remote is None:
                return _fail(row, why=str(error), now=now)
    return apply_remote(row, remote, now=now)


def _find_at_provider(provider: Gateway, row: Refund) -> RemoteRefund | None:
    try:
        payment = provider.read(row.attempt.payment_reference or "")
    except GatewayRefused:
        return None
    matches = (
        remote
        for remote in payment.refunds
        if remote.refund_id == str(row.pk) or (row.reference and remote.reference == row.reference)
    )
    return next(matches, None)


@transaction.atomic
def _fail(row: Refund, *, why: str, now: datetime) -> Refund:
    order = locks.lock_order(row.attempt.order_id)
    locked = locks.lock_refund(row.pk)
    if locked.status == Status.CREATED:
        locks.transition(locked, Status.FAILED, now=now, why=why)
        _email_finance(order, locked, ended=False, now=now)
    return locked


@transaction.atomic
def apply_remote(row: Refund, remote: RemoteRefund, *, now: datetime) -> Refund:
    """Bring one refund up to date with the provider's. Locks the order."""
    order = locks.lock_order(row.attempt.order_id)
    locked = locks.lock_refund(row.pk)
    _sync_refund(order, locked, remote, now=now)
    return locked


def record_provider_refunds(
    order: Order, attempt: PaymentAttempt, remotes: Iterable[RemoteRefund], *, now: datetime
) -> None:
    """Bring an attempt's refunds up to date with the provider's, those that were made outside included.

    Call it with the order locked.
    """
    by_id = {str(row.pk): row for row in attempt.refunds.select_for_update(no_key=True).order_by("pk")}
    by_reference = {row.reference: row for row in by_id.values() if row.reference}
    for remote in remotes:
        row = by_reference.get(remote.reference) or by_id.get(remote.refund_id or "")
        if row is None and remote.state != RefundState.FAILED and remote.amount_minor > 0:
            row = _create_external(order, attempt, remote, now=now)
        if row is not None:
            _sync_refund(order, row, remote, now=now)


def _create_external(order: Order, attempt: PaymentAttempt, remote: RemoteRefund, *, now: datetime) -> Refund:
    """Store a refund made at the provider. If it leaves nothing, access ends; a partial one doesn't end it."""
    ends = queries.refunds_everything(order, remote.amount_minor)
    entitlements = Entitlements.CANCEL_IMMEDIATELY if ends else Entitlements.KEEP
    reason = remote.reason or "made at the provider"
    return _create(attempt, RefundInput(reason, remote.amount_minor, entitlements=entitlements), by=None, now=now)


_STATUS = {RefundState.DONE: Status.DONE, RefundState.FAILED: Status.FAILED}


def _sync_refund(order: Order, row: Refund, remote: RemoteRefund, *, now: datetime) -> None:
    status = _STATUS.get(remote.state)
    # What failed at the provider is final: only a response older than that says otherwise.
    if row.status == Status.FAILED and row.reference:
        return
    if row.reference is None and remote.reference:
        row.reference = remote.reference
        row.save(update_fields=["reference"])
    if status is None or row.status == status:
        return
    was_done, was_paid = row.status == Status.DONE, order.status in _PAID
    locks.transition(row, status, now=now, by=row.by, amount_minor=row.amount_minor)
    _recalculate_status(order, now=now)
    if status == Status.DONE and was_paid:
        _apply(order, row, now=now)
    if status == Status.FAILED:
        _email_finance(order, row, ended=was_done and row.entitlements == Entitlements.CANCEL_IMMEDIATELY, now=now)


def _recalculate_status(order: Order, *, now: datetime) -> None:
    """Give a paid order the status that follows from its payments and refunds."""
    if order.status not in _PAID:
        return
    refunded = queries.refunded_minor(queries.refunds_of(order), statuses=[Status.DONE])
    status = rules.status_after_refunds(
        total_minor=order.total_minor, confirmed_minor=queries.confirmed_minor(order), refunded_minor=refunded
    )
    if status != order.status:
        locks.transition(order, status, now=now)


def _apply(order: Order, row: Refund, *, now: datetime) -> None:
    """End access if the refund says so, and email the buyer.

    A one-time purchase has no later period: with cancel_at_period_end its access ends on its own day, if it has one.
    """
    if row.entitlements == Entitlements.CANCEL_IMMEDIATELY:
        lines = [line for line in fulfil.order_lines(order) if not row.lines or str(line.pk) in row.lines]
        # Not by the buyer: that would be refused for a seat whose date has begun, and the money has been refunded.
        fulfil.revoke_fulfilment(order, lines, by=None if row.by_id == order.person_id else row.by, now=now)
    notices.send(
        kind="order_refunded", key=f"order_refunded:{row.pk}", person=order.person, now=now,
        number=order.number, total=row.amount, path=fulfil.order_path(order),
        # A reason that no person wrote, such as "made at the provider", is no message.
        message=row.reason if row.by_id else "",
    )  # fmt: skip


def _email_finance(order: Order, row: Refund, *, ended: bool, now: datetime) -> None:
    """Email those who may refund: the buyer has neither money nor, if it ended, what they bought.

    Access is not given again by itself: a repeated refund would have to end it again.
    """
    for person in queries.finance_staff():
        notices.send(
            kind="refund_failed", key=f"refund_failed:{row.pk}:{person.pk}", person=person, now=now,
            number=order.number, total=row.amount, ended=ended,
            path=reverse("checkout_order_modeladmin_inspect", args=[order.pk]),
        )  # fmt: skip
