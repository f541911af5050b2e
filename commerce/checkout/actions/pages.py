"""Payment attempts and their pages at the provider. The provider is asked between transactions, never in one."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction

from academies.journal import actions as journal
from academies.people.models import User
from academies.tenants import queries as tenants
from commerce.checkout import queries
from commerce.checkout.actions import fulfil, locks, moves, refusals, till
from commerce.checkout.models import Order, PaymentAttempt
from commerce.gateways.facts import Line, PageRequest, PaymentPage
from commerce.gateways.port import GatewayError, GatewayRefused, GatewayUnavailable

logger = logging.getLogger(__name__)

Status = PaymentAttempt.Status
# A page that was never opened is asked for again under the same id for this long; after that its times are stale.
SAME_PAGE = timedelta(minutes=4)


def begin_attempt(order: Order, *, provider: str, now: datetime) -> PaymentAttempt:
    """Write down that an order is about to be paid. Call it under the order's lock, or with the order itself."""
    attempt = PaymentAttempt.objects.create(
        order=order, provider=provider, amount_minor=order.total_minor, currency=order.currency, created_at=now
    )
    journal.record("checkout.payment_created", of=attempt, by=order.person, at=now)
    return attempt


@till.within_time()
def pay(*, order: Order, now: datetime) -> PaymentAttempt:
    """Return the open payment page of a pending order, opening one where there is none any more.

    Not in a transaction.  Raises OrderNotPending, ProviderUnavailable, PaymentNotTaken, PaymentsNotSetUp.
    """
    provider = till.gateway().name
    with transaction.atomic():
        locked = locks.lock_order(order.pk)
        if locked.status != Order.Status.PENDING or locked.expires_at <= now:
            raise refusals.OrderNotPending()
        attempt = queries.latest_attempt(locked)
        if attempt and attempt.status == Status.CREATED and attempt.created_at < now - SAME_PAGE:
            moves.move(attempt, Status.CANCELLED, now=now, why="its page was never opened")
        if attempt is None or attempt.status not in (Status.CREATED, Status.OPEN):
            attempt = begin_attempt(locked, provider=provider, now=now)
    return ask_for_page(attempt=attempt, now=now)


def ask_for_page(*, attempt: PaymentAttempt, now: datetime) -> PaymentAttempt:
    """Open the payment page of an attempt, once: its id is the idempotency key, so asking again gives the same page.

    Not in a transaction.  Raises ProviderUnavailable, PaymentNotTaken, PaymentsNotSetUp.
    """
    if attempt.status != Status.CREATED:
        return attempt
    try:
        page = till.gateway().open_page(_request(attempt))
    except GatewayUnavailable as error:
        logger.warning("no payment page for order %s: %s", attempt.order.number, error)
        retry_after = max(1, round(error.retry_after))
        raise refusals.PageNotOpened(retry_after=retry_after, order=str(attempt.order_id)) from error
    except GatewayRefused as error:
        logger.error("the provider refused order %s: %s", attempt.order.number, error)
        _give_up(attempt, by=attempt.order.person, why=error.code, now=now)
        if error.code == "not_configured":
            raise refusals.PaymentsNotSetUp() from error
        raise refusals.PaymentNotTaken() from error
    return _keep(attempt, page, now=now)


def _request(attempt: PaymentAttempt) -> PageRequest:
    # From stored values only, clocks included: a repetition has to be the same to the letter.
    order, origin = attempt.order, tenants.base_url()
    returns_to = f"{origin}{fulfil.path_of(order)}done/"
    return PageRequest(
        attempt_id=str(attempt.pk),
        order_id=str(order.pk),
        order_number=str(order.number),
        academy=tenants.current().name,
        lines=tuple(Line(line.title, line.quantity, line.unit_minor) for line in order.lines.order_by("pk")),
        total_minor=attempt.amount_minor,
        currency=attempt.currency,
        success_url=order.success_url or returns_to,
        cancel_url=order.cancel_url or returns_to,
        opened_at=attempt.created_at,
        expires_at=order.expires_at,
        customer_email=order.person.email,
    )


def _keep(attempt: PaymentAttempt, page: PaymentPage, *, now: datetime) -> PaymentAttempt:
    """Store where the page is. An order that let go meanwhile closes it again."""
    with transaction.atomic():
        order = locks.lock_order(attempt.order_id)
        attempt = locks.lock_attempt(attempt.pk)
        wanted = order.status == Order.Status.PENDING and attempt.status == Status.CREATED
        if wanted:
            attempt.reference, attempt.url = page.reference, page.url
            moves.move(attempt, Status.OPEN, now=now)
            fulfil.extend(order, until=page.expires_at, now=now)
        attempt.order = order
    if not wanted and attempt.reference != page.reference:
        with suppress(GatewayError):
            till.gateway().expire(page.reference)
    return attempt


@transaction.atomic
def _give_up(attempt: PaymentAttempt, *, by: User, why: str, now: datetime) -> None:
    """Cancel an order that the provider will not take."""
    order = locks.lock_order(attempt.order_id)
    attempt = locks.lock_attempt(attempt.pk)
    if attempt.status != Status.CREATED or order.status != Order.Status.PENDING:
        return
    moves.move(attempt, Status.FAILED, now=now, why=why)
    fulfil.release(order, fulfil.lines_of(order), by=None, now=now)
    moves.move(order, Order.Status.CANCELLED, now=now, by=by, why=why)
