"""Reconciling orders with the money: with the providers' lists, and with what Finance sees in the bank account."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from academies.journal import actions as journal
from academies.kernel.errors import Refusal
from academies.people.models import User
from commerce.checkout import gateway, queries, refusals
from commerce.checkout.actions import locks
from commerce.checkout.actions.payment import settle
from commerce.checkout.actions.refund import apply_remote, send_refund
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.gateways.port import GatewayError, GatewayRefused, GatewayUnavailable
from commerce.gateways.types import PaymentState, RefundState, RemotePayment

logger = logging.getLogger(__name__)

Status = PaymentAttempt.Status
# Younger payments are left to the webhook, which is quicker.
MIN_AGE = timedelta(minutes=1)
LOOK_BACK = timedelta(hours=2)
MAX_AT_ONCE = 200
_STORED = {
    RefundState.PENDING: Refund.Status.CREATED,
    RefundState.DONE: Refund.Status.DONE,
    RefundState.FAILED: Refund.Status.FAILED,
}
_REFUSALS: dict[str, type[Refusal]] = {
    "already_recorded": refusals.AlreadyRecorded,
    "reference_used": refusals.ReferenceUsed,
}


def reconcile_payments(*, now: datetime, thorough: bool = False) -> int:
    """Compare open payments, unfinished refunds and recent payments with the providers'. Returns how many were compared.

    Not in a transaction.  thorough: list the current provider's recent payments also if nothing of ours is open, to find
    refunds made outside.  Idempotent: run again, it finds nothing to do.
    """
    count = _finish_refunds(now=now)
    unpaid = PaymentAttempt.objects.filter(status__in=[Status.CREATED, Status.OPEN], created_at__lte=now - MIN_AGE)
    names = set(unpaid.order_by().values_list("provider", flat=True).distinct())
    if thorough:
        names.add(queries.current_provider())
    for name in sorted(names):
        waiting = unpaid.filter(provider=name).order_by("created_at").values_list("pk", flat=True)
        count += _reconcile_provider(name, list(waiting[:MAX_AT_ONCE]), now=now)
    return count


def _reconcile_provider(name: str, waiting: Iterable[object], *, now: datetime) -> int:
    count = 0
    try:
        count += _compare(name, gateway.named(name).recent_payments(now - LOOK_BACK), now=now)
        count += _read_one_by_one(name, waiting, now=now)
    except refusals.PaymentsNotSetUp:
        logger.info("the payments of %s can't be compared: it is not set up", name)
    except GatewayError as error:
        logger.warning("the payments of %s could not be compared: %s", name, error)
    return count


def _finish_refunds(*, now: datetime) -> int:
    """Send unfinished refunds again. The outbox does so as well, a minute apart; both are harmless."""
    unfinished = Refund.objects.filter(status=Refund.Status.CREATED, created_at__lte=now - 2 * MIN_AGE)
    unfinished = unfinished.exclude(attempt__provider__in=queries.providers_by_hand(), reference=None)
    for pk in list(unfinished.order_by("created_at").values_list("pk", flat=True)[:MAX_AT_ONCE]):
        try:
            send_refund(refund_id=pk, now=now)
        except (GatewayUnavailable, refusals.PaymentsNotSetUp) as error:
            logger.warning("refund %s has to wait: %s", pk, error)
    return len(unfinished)


def _compare(name: str, remotes: Iterable[RemotePayment], *, now: datetime) -> int:
    """Settle what differs between the provider's list and ours."""
    by_reference = {remote.reference: remote for remote in remotes}
    by_attempt = {remote.attempt_id: remote for remote in by_reference.values() if remote.attempt_id}
    attempts = PaymentAttempt.objects.filter(
        Q(reference__in=by_reference) | Q(pk__in=filter(queries.is_uuid, by_attempt)), provider=name
    ).prefetch_related("refunds")
    count = 0
    for attempt in attempts.order_by("pk"):
        remote = by_reference.get(attempt.reference or "") or by_attempt.get(str(attempt.pk))
        if remote and _differs(attempt, remote):
            _settle(attempt, remote, now=now)
            count += 1
    return count


def _settle(attempt: PaymentAttempt, remote: RemotePayment, *, now: datetime) -> None:
    """Settle one order; an error delays no other order."""
    try:
        settle(order_id=attempt.order_id, remote=remote, now=now)
    except Exception:
        logger.exception("order %s can't be settled", attempt.order_id)


def _differs(attempt: PaymentAttempt, remote: RemotePayment) -> bool:
    if attempt.status in (Status.CREATED, Status.OPEN):
        return remote.state != PaymentState.OPEN
    if attempt.status != Status.CONFIRMED:
        return remote.state == PaymentState.PAID
    stored = {(refund.reference or "", refund.status) for refund in attempt.refunds.all()}
    return any((refund.reference, _STORED[refund.state]) not in stored for refund in remote.refunds)


def _read_one_by_one(name: str, waiting: Iterable[object], *, now: datetime) -> int:
    """Read the payments that are still open after the comparison and too old for the provider's list."""
    old = PaymentAttempt.objects.filter(
        pk__in=list(waiting), status__in=[Status.CREATED, Status.OPEN], created_at__lt=now - LOOK_BACK
    ).exclude(reference=None)
    attempts = list(old.order_by("created_at"))
    for attempt in attempts:
        try:
            remote = gateway.named(name).read(attempt.reference or "")
        except GatewayRefused as error:
            logger.error("payment %s can't be read at the provider: %s", attempt.pk, error)
            continue
        _settle(attempt, remote, now=now)
    return len(attempts)


@transaction.atomic
def record_payment(*, order: Order, reference: str, by: User, now: datetime) -> Order:
    """Record that the payment of an order arrived by bank transfer or in cash, and settle it. Safe to repeat.

    reference: of the transfer or the receipt.  The order may have ended: what can't be given any more is then refunded.
    Locks the order.  Raises NothingToRecord, NotRecordedByHand, AlreadyRecorded, ReferenceUsed.
    """
    order = locks.lock_order(order.pk)
    attempts = order.attempts.exclude(reference=None).order_by("-created_at", "-pk")
    attempt = attempts.filter(provider__in=queries.providers_by_hand()).first() or attempts.first()
    if attempt is None or attempt.reference is None:
        raise refusals.NothingToRecord()
    recorder = gateway.by_hand(attempt.provider)
    with _recording():
        remote = recorder.record_payment(attempt.reference, received_as=reference, by=by)
    if attempt.status != Status.CONFIRMED:
        journal.record("checkout.payment_recorded", of=attempt, by=by, at=now, reference=reference)
        journal.record("checkout.payment_recorded", of=order, by=by, at=now, reference=reference)
    return settle(order_id=order.pk, remote=remote, now=now)


def record_refund(*, refund: Refund, reference: str, by: User, now: datetime) -> Refund:
    """Record that a refund was paid out by hand, and apply it. Safe to repeat.

    Not in a transaction.  Raises NothingToRecord, NotRecordedByHand, AlreadyRecorded, ReferenceUsed.
    """
    recorder = gateway.by_hand(refund.attempt.provider)
    # A refund that was stored just before a crash is not with the gateway yet.
    send_refund(refund_id=refund.pk, now=now)
    with transaction.atomic():
        locks.lock_order(refund.attempt.order_id)
        status = locks.lock_refund(refund.pk).status
        with _recording():
            remote = recorder.record_refund(str(refund.pk), sent_as=reference, by=by)
        if status != Refund.Status.DONE:
            journal.record("checkout.refund_recorded", of=refund, by=by, at=now, reference=reference)
        return apply_remote(refund, remote, now=now)


@contextmanager
def _recording() -> Iterator[None]:
    """Turn the gateway's refusals into this app's."""
    try:
        yield
    except GatewayRefused as error:
        raise _REFUSALS.get(error.code, refusals.NothingToRecord)() from error
