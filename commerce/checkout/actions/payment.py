"""Paying an order: its attempts and their checkout sessions, and settling what became of a payment.

The provider is called between transactions, never inside one. The webhook, the return page, the reconcile task and a
payment recorded by hand all end in `settle`.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from academies.journal import actions as journal
from academies.journal.models import Entry
from academies.kernel import faultpoints
from academies.kernel.errors import Refusal
from academies.notifications import actions as notices
from academies.people.models import User
from academies.tenants import queries as tenants
from commerce.checkout import gateway, queries, refusals, rules
from commerce.checkout.actions import fulfil, locks, pricing, refund
from commerce.checkout.models import Order, PaymentAttempt
from commerce.gateways.port import GatewayError, GatewayRefused, GatewayUnavailable
from commerce.gateways.types import CheckoutSession, Line, PaymentState, RemotePayment, SessionRequest

logger = logging.getLogger(__name__)

Status = PaymentAttempt.Status
# An attempt without a session is repeated with the same id for this long; after that its stored times are too old.
REPEAT_FOR = timedelta(minutes=4)
# A page that shows an order is useful without the provider, so it waits for less time than one that needs it.
SYNC_SECONDS = 3


def create_attempt(order: Order, *, provider: str, now: datetime) -> PaymentAttempt:
    """Store that an order is about to be paid. Call it with the order locked, or in the transaction that creates it."""
    attempt = PaymentAttempt.objects.create(
        order=order, provider=provider, amount_minor=order.total_minor, currency=order.currency, created_at=now
    )
    journal.record("checkout.payment_created", of=attempt, by=order.person, at=now)
    return attempt


@gateway.within_time()
def open_session(*, order: Order, now: datetime) -> PaymentAttempt:
    """Return the attempt with the open session of a pending order; opens a session if there is none.

    A new attempt uses the academy's current provider, an open one keeps its own.
    Not in a transaction.  Raises OrderNotPending, ProviderUnavailable, PaymentNotTaken, PaymentsNotSetUp.
    """
    provider = gateway.current().name
    with transaction.atomic():
        locked = locks.lock_order(order.pk)
        if locked.status != Order.Status.PENDING or locked.expires_at <= now:
            raise refusals.OrderNotPending()
        attempt = queries.latest_attempt(locked)
        if attempt and attempt.status == Status.CREATED and attempt.created_at < now - REPEAT_FOR:
            locks.transition(attempt, Status.CANCELLED, now=now, why="its session was never opened")
        if attempt is None or attempt.status not in (Status.CREATED, Status.OPEN):
            attempt = create_attempt(locked, provider=provider, now=now)
    return ensure_session(attempt=attempt, now=now)


def ensure_session(*, attempt: PaymentAttempt, now: datetime) -> PaymentAttempt:
    """Open the session of an attempt, once: its id is the idempotency key, so a repetition returns the same session.

    Not in a transaction.  Raises ProviderUnavailable, PaymentNotTaken, PaymentsNotSetUp.
    """
    if attempt.status != Status.CREATED:
        return attempt
    try:
        session = gateway.named(attempt.provider).open_session(_session_request(attempt))
    except GatewayUnavailable as error:
        logger.warning("no checkout session for order %s: %s", attempt.order.number, error)
        retry_after = max(1, round(error.retry_after))
        raise refusals.SessionNotOpened(retry_after=retry_after, order=str(attempt.order_id)) from error
    except GatewayRefused as error:
        logger.error("the provider refused order %s: %s", attempt.order.number, error)
        _cancel_refused(attempt, by=attempt.order.person, why=error.code, now=now)
        if error.code == "not_configured":
            raise refusals.PaymentsNotSetUp() from error
        raise refusals.PaymentNotTaken() from error
    return _store_session(attempt, session, now=now)


def _session_request(attempt: PaymentAttempt) -> SessionRequest:
    # Stored values only, times included: a repetition has to be exactly the same.
    order, origin = attempt.order, tenants.base_url()
    order_url = f"{origin}{fulfil.order_path(order)}"
    lines = list(order.lines.select_related("offering").order_by("pk"))
    return SessionRequest(
        attempt_id=str(attempt.pk),
        order_id=str(order.pk),
        order_number=str(order.number),
        academy=tenants.current().name,
        lines=tuple(Line(line.title, line.quantity, line.unit_minor) for line in lines),
        total_minor=attempt.amount_minor,
        currency=attempt.currency,
        success_url=order.success_url or f"{order_url}done/",
        cancel_url=order.cancel_url or f"{order_url}done/",
        opened_at=attempt.created_at,
        expires_at=order.expires_at,
        customer_email=order.person.email,
        order_url=order_url,
        starts_at=min((line.offering.starts_at for line in lines if line.offering), default=None),
    )


def _store_session(attempt: PaymentAttempt, session: CheckoutSession, *, now: datetime) -> PaymentAttempt:
    """Store where to pay. If the order has ended meanwhile, the session is closed again."""
    faultpoints.reach("checkout.store_session")
    with transaction.atomic():
        order = locks.lock_order(attempt.order_id)
        attempt = locks.lock_attempt(attempt.pk)
        is_needed = order.status == Order.Status.PENDING and attempt.status == Status.CREATED
        if is_needed:
            attempt.reference, attempt.url, attempt.instructions = session.reference, session.url, session.instructions
            locks.transition(attempt, Status.OPEN, now=now)
            fulfil.extend_hold(order, until=session.expires_at, now=now)
            if session.instructions:
                fulfil.email_payment_instructions(order, attempt, now=now)
        attempt.order = order
    if not is_needed and attempt.reference != session.reference:
        with suppress(GatewayError):
            gateway.named(attempt.provider).expire(session.reference)
    return attempt


@transaction.atomic
def _cancel_refused(attempt: PaymentAttempt, *, by: User, why: str, now: datetime) -> None:
    """Cancel an order that the provider does not accept."""
    order = locks.lock_order(attempt.order_id)
    attempt = locks.lock_attempt(attempt.pk)
    if attempt.status != Status.CREATED or order.status != Order.Status.PENDING:
        return
    locks.transition(attempt, Status.FAILED, now=now, why=why)
    fulfil.release_hold(order, fulfil.order_lines(order), by=None, now=now)
    locks.transition(order, Order.Status.CANCELLED, now=now, by=by, why=why)


@transaction.atomic
def settle(*, order_id: UUID | str, remote: RemotePayment, now: datetime) -> Order:
    """Bring an order up to date with its payment at the provider. Repeated, late or out of order, it changes nothing.

    remote: read from the provider just now, before the transaction.  Locks the order.
    A payment of another amount or currency is reported and fulfils nothing. A payment for something that can't be given
    any more is confirmed and refunded. Raises OrderNotFound.
    """
    order = locks.lock_order(order_id)
    attempt = _attempt_of(order, remote)
    if attempt is None or not _matches(order, attempt, remote, now=now):
        return order
    if remote.state == PaymentState.PAID:
        _confirm(order, attempt, remote, now=now)
    elif attempt.status in (Status.CREATED, Status.OPEN):
        _note(order, attempt, remote, now=now)
    if attempt.status == Status.CONFIRMED:
        refund.record_provider_refunds(order, attempt, remote.refunds, now=now)
    return order


def _attempt_of(order: Order, remote: RemotePayment) -> PaymentAttempt | None:
    for attempt in locks.lock_attempts(order):
        if remote.reference == attempt.reference or remote.attempt_id == str(attempt.pk):
            return attempt
    return None


def _matches(order: Order, attempt: PaymentAttempt, remote: RemotePayment, *, now: datetime) -> bool:
    """Answer whether a payment is the one we asked for; log and journal it once if it isn't."""
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
    locks.transition(attempt, Status.CONFIRMED, now=now, amount_minor=attempt.amount_minor)
    try:
        with transaction.atomic():
            _fulfil(order, now=now)
    except Refusal as refusal:
        _refund_unfulfillable(order, attempt, refusal, now=now)


def _fulfil(order: Order, *, now: datetime) -> None:
    """Fulfil a paid order and mark it paid. Raises the refusal of whatever can't be given."""
    locks.lock_buyer(order.person_id)
    lines = fulfil.order_lines(order)
    if order.status in (Order.Status.CANCELLED, Order.Status.EXPIRED):
        # Its seats were released: all of it has to be for sale once more.
        fulfil.rehold(order, lines, now=now)
    elif order.status != Order.Status.PENDING:
        raise refusals.AlreadyBought()
    pricing.check_not_sold_twice(order, lines, now=now)
    fulfil.fulfil_order(order, lines, now=now)
    order.paid_at = now
    locks.transition(order, Order.Status.PAID, now=now)
    fulfil.email_payment_confirmation(order, lines, now=now)


def _refund_unfulfillable(order: Order, attempt: PaymentAttempt, refusal: Refusal, *, now: datetime) -> None:
    """Release what is still held, and refund the payment: once, since an attempt is confirmed once."""
    if order.status == Order.Status.PENDING:
        fulfil.release_hold(order, fulfil.order_lines(order), by=None, now=now)
        locks.transition(order, Order.Status.EXPIRED, now=now, why=refusal.code)
    refund.refund_unfulfillable(order, attempt, reason=refusal.code, now=now)
    notices.send(
        kind="payment_too_late", key=f"payment_too_late:{attempt.pk}", person=order.person, now=now,
        number=order.number, total=attempt.amount, reason=refusal.message, path=fulfil.order_path(order),
    )  # fmt: skip


def _note(order: Order, attempt: PaymentAttempt, remote: RemotePayment, *, now: datetime) -> None:
    """Store that a session has closed, or that money is on its way. The order itself stays pending until it expires."""
    attempt.reference = remote.reference
    attempt.payment_reference = remote.payment_reference or attempt.payment_reference
    if remote.state == PaymentState.FAILED:
        locks.transition(attempt, Status.FAILED, now=now)
    elif remote.state == PaymentState.EXPIRED:
        locks.transition(attempt, Status.CANCELLED, now=now, why="its session has closed")
    elif remote.state == PaymentState.PROCESSING and order.status == Order.Status.PENDING:
        attempt.save(update_fields=["reference", "payment_reference"])
        fulfil.extend_hold(order, until=now + rules.SLOW_PAYMENT, now=now)


@gateway.within_time(SYNC_SECONDS)
def sync_payment(*, order: Order, now: datetime) -> tuple[Order, PaymentState | None]:
    """Settle a pending order by the provider's present state. Returns the order as it then is, and the payment's state.

    Not in a transaction.  The state is None if the provider wasn't called or doesn't answer: the webhook will come.
    """
    attempt = queries.latest_attempt(order)
    if order.status != Order.Status.PENDING or attempt is None or attempt.reference is None:
        return order, None
    if attempt.status == Status.FAILED:
        return order, PaymentState.FAILED
    try:
        remote = gateway.named(attempt.provider).read(attempt.reference)
    except (GatewayError, refusals.PaymentsNotSetUp) as error:
        logger.warning("order %s could not be looked up at the provider: %s", order.number, error)
        return order, None
    return settle(order_id=order.pk, remote=remote, now=now), remote.state
