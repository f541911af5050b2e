"""Bringing an order up to what its payment has become: the one function behind webhook, return page and reconcile."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from academies.journal import actions as journal
from academies.journal.models import Entry
from academies.kernel.errors import Refusal
from academies.notifications import actions as notices
from commerce.checkout import queries, rules
from commerce.checkout.actions import fulfil, locks, moves, refunds, refusals, selling, till
from commerce.checkout.models import Order, PaymentAttempt
from commerce.gateways.facts import PaymentState, RemotePayment
from commerce.gateways.port import GatewayError

logger = logging.getLogger(__name__)

Status = PaymentAttempt.Status
# A page that shows an order is useful without the provider, so it waits less than one that can't do without.
LOOK_SECONDS = 3


@transaction.atomic
def settle(*, order_id: UUID | str, remote: RemotePayment, now: datetime) -> Order:
    """Bring an order up to what the provider says of its payment. Again, late or out of order changes nothing.

    remote: read from the provider just now, before the transaction.  Locks the order.
    A payment of another amount or currency is written down and nothing is given for it. A payment for something that
    can't be given any more is booked, and sent back. Raises OrderNotHere.
    """
    order = locks.lock_order(order_id)
    attempt = _attempt_of(order, remote)
    if attempt is None or not _agrees(order, attempt, remote, now=now):
        return order
    if remote.state == PaymentState.PAID:
        _confirm(order, attempt, remote, now=now)
    elif attempt.status in (Status.CREATED, Status.OPEN):
        _note(order, attempt, remote, now=now)
    if attempt.status == Status.CONFIRMED:
        refunds.book(order, attempt, remote.refunds, now=now)
    return order


def _attempt_of(order: Order, remote: RemotePayment) -> PaymentAttempt | None:
    for attempt in locks.lock_attempts(order):
        if remote.reference == attempt.reference or remote.attempt_id == str(attempt.pk):
            return attempt
    return None


def _agrees(order: Order, attempt: PaymentAttempt, remote: RemotePayment, *, now: datetime) -> bool:
    """Say whether a payment is the one we asked for; where it isn't, raise the alarm and write it down once."""
    ours = (attempt.reference or remote.reference, attempt.amount_minor, attempt.currency)
    theirs = (remote.reference, remote.amount_minor, remote.currency)
    if ours == theirs and remote.order_id in (None, str(order.pk)):
        return True
    logger.error("payment %s of order %s is not what was asked for: %s, %s", attempt.pk, order.number, theirs, ours)
    if not Entry.objects.filter(verb="checkout.payment_mismatched", subject_id=str(attempt.pk)).exists():
        journal.record("checkout.payment_mismatched", of=attempt, at=now, asked=list(ours), got=list(theirs))
    return False


def _confirm(order: Order, attempt: PaymentAttempt, remote: RemotePayment, *, now: datetime) -> None:
    if attempt.status == Status.CONFIRMED:
        return
    attempt.reference, attempt.payment_reference = remote.reference, remote.payment_reference
    attempt.confirmed_at = now
    moves.move(attempt, Status.CONFIRMED, now=now, amount_minor=attempt.amount_minor)
    try:
        with transaction.atomic():
            _give(order, now=now)
    except Refusal as refusal:
        _send_back(order, attempt, refusal, now=now)


def _give(order: Order, *, now: datetime) -> None:
    """Give what was paid for and mark the order paid. Raises the refusal of whatever can't be given."""
    locks.lock_buyer(order.person_id)
    lines = fulfil.lines_of(order)
    if order.status in (Order.Status.CANCELLED, Order.Status.EXPIRED):
        # It had let go: all of it has to be for sale once more.
        fulfil.resell(order, lines, now=now)
    elif order.status != Order.Status.PENDING:
        raise refusals.AlreadyBought()
    selling.refuse_sold_twice(order, lines, now=now)
    fulfil.deliver(order, lines, now=now)
    order.paid_at = now
    moves.move(order, Order.Status.PAID, now=now)
    fulfil.write_of_payment(order, lines, now=now)


def _send_back(order: Order, attempt: PaymentAttempt, refusal: Refusal, *, now: datetime) -> None:
    """Let go of what is still held, and give the money back: once, by the attempt's one confirmation."""
    if order.status == Order.Status.PENDING:
        fulfil.release(order, fulfil.lines_of(order), by=None, now=now)
        moves.move(order, Order.Status.EXPIRED, now=now, why=refusal.code)
    refunds.give_back(order, attempt, reason=refusal.code, now=now)
    notices.send(
        kind="payment_too_late", key=f"payment_too_late:{attempt.pk}", person=order.person, now=now,
        number=order.number, total=attempt.amount, reason=refusal.message, path=fulfil.path_of(order),
    )  # fmt: skip


def _note(order: Order, attempt: PaymentAttempt, remote: RemotePayment, *, now: datetime) -> None:
    """Note that a page has closed, or that money is on its way. The order itself stays open until its time is over."""
    attempt.reference = remote.reference
    attempt.payment_reference = remote.payment_reference or attempt.payment_reference
    if remote.state == PaymentState.FAILED:
        moves.move(attempt, Status.FAILED, now=now)
    elif remote.state == PaymentState.EXPIRED:
        moves.move(attempt, Status.CANCELLED, now=now, why="its page has closed")
    elif remote.state == PaymentState.PROCESSING and order.status == Order.Status.PENDING:
        attempt.save(update_fields=["reference", "payment_reference"])
        fulfil.extend(order, until=now + rules.SLOW, now=now)


@till.within_time(LOOK_SECONDS)
def look(*, order: Order, now: datetime) -> tuple[Order, PaymentState | None]:
    """Settle a pending order by what the provider says now. Returns it as it then is, and how its payment stands.

    Not in a transaction.  The state is None where the provider wasn't asked or doesn't answer: the webhook will tell.
    """
    attempt = queries.latest_attempt(order)
    if order.status != Order.Status.PENDING or attempt is None or attempt.reference is None:
        return order, None
    if attempt.status == Status.FAILED:
        return order, PaymentState.FAILED
    try:
        remote = till.gateway().read(attempt.reference)
    except (GatewayError, refusals.PaymentsNotSetUp) as error:
        logger.warning("order %s could not be looked up at the provider: %s", order.number, error)
        return order, None
    return settle(order_id=order.pk, remote=remote, now=now), remote.state
