"""Asking the provider what our webhooks may have missed."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from commerce.checkout import queries
from commerce.checkout.actions import refusals, till
from commerce.checkout.actions.refunds import send_refund
from commerce.checkout.actions.settlement import settle
from commerce.checkout.models import PaymentAttempt, Refund
from commerce.gateways.facts import PaymentState, RemotePayment
from commerce.gateways.port import GatewayError, GatewayRefused, GatewayUnavailable

logger = logging.getLogger(__name__)

Status = PaymentAttempt.Status
# What is younger is left to the webhook, which is quicker.
PATIENCE = timedelta(minutes=1)
LOOKS_BACK = timedelta(hours=2)
AT_ONCE = 200


def reconcile(*, now: datetime, thorough: bool = False) -> int:
    """Compare open payments, unfinished refunds and recent payments with the provider's. Returns how many were looked at.

    Not in a transaction.  thorough: list the provider's recent payments also when nothing of ours is open, to find
    refunds made outside.  Converges: run again, it finds nothing to do.
    """
    waiting = list(
        PaymentAttempt.objects.filter(status__in=[Status.CREATED, Status.OPEN], created_at__lte=now - PATIENCE)
        .order_by("created_at")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    seen = _finish_refunds(now=now)
    if waiting or thorough:
        try:
            seen += _compare(till.gateway().recent_payments(now - LOOKS_BACK), now=now)
            seen += _ask_one_by_one(waiting, now=now)
        except refusals.PaymentsNotSetUp:
            return seen
        except GatewayError as error:
            logger.warning("the provider could not be compared with: %s", error)
    return seen


def _finish_refunds(*, now: datetime) -> int:
    """Send the refunds again that nobody has heard of. A minute apart the outbox does so too; both are harmless."""
    unfinished = Refund.objects.filter(status=Refund.Status.CREATED, created_at__lte=now - 2 * PATIENCE)
    for pk in list(unfinished.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE]):
        try:
            send_refund(refund_id=pk, now=now)
        except (GatewayUnavailable, refusals.PaymentsNotSetUp) as error:
            logger.warning("refund %s has to wait: %s", pk, error)
    return len(unfinished)


def _compare(remotes: Iterable[RemotePayment], *, now: datetime) -> int:
    """Settle what differs between the provider's list and ours."""
    found = {remote.reference: remote for remote in remotes}
    named = {remote.attempt_id: remote for remote in found.values() if remote.attempt_id}
    ours = PaymentAttempt.objects.filter(
        Q(reference__in=found) | Q(pk__in=filter(queries.is_uuid, named))
    ).prefetch_related("refunds")
    differing = 0
    for attempt in ours.order_by("pk"):
        remote = found.get(attempt.reference or "") or named.get(str(attempt.pk))
        if remote and _differs(attempt, remote):
            _settle(attempt, remote, now=now)
            differing += 1
    return differing


def _settle(attempt: PaymentAttempt, remote: RemotePayment, *, now: datetime) -> None:
    """Settle one order; one that can't be keeps no other waiting."""
    try:
        settle(order_id=attempt.order_id, remote=remote, now=now)
    except Exception:
        logger.exception("order %s can't be settled", attempt.order_id)


def _differs(attempt: PaymentAttempt, remote: RemotePayment) -> bool:
    if attempt.status in (Status.CREATED, Status.OPEN):
        return remote.state != PaymentState.OPEN
    if attempt.status != Status.CONFIRMED:
        return remote.state == PaymentState.PAID
    known = {(refund.reference, refund.status) for refund in attempt.refunds.all()}
    return any((refund.reference, str(refund.state)) not in known for refund in remote.refunds)


def _ask_one_by_one(waiting: Iterable[object], *, now: datetime) -> int:
    """Read the payments that are still open after the comparison and too old for the provider's list."""
    old = PaymentAttempt.objects.filter(
        pk__in=list(waiting), status__in=[Status.CREATED, Status.OPEN], created_at__lt=now - LOOKS_BACK
    ).exclude(reference=None)
    asked = list(old.order_by("created_at"))
    for attempt in asked:
        try:
            remote = till.gateway().read(attempt.reference or "")
        except GatewayRefused as error:
            logger.error("payment %s can't be read at the provider: %s", attempt.pk, error)
            continue
        _settle(attempt, remote, now=now)
    return len(asked)
