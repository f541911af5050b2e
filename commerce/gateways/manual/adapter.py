"""The payment port for bank transfer and cash: reads and writes our own tables, calls nobody."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from academies.journal import actions as journal
from academies.kernel import clock
from academies.kernel.transitions import Transitions
from commerce.gateways.manual import rules
from commerce.gateways.manual.models import ManualPayment, ManualRefund, ManualSettings
from commerce.gateways.port import BadSignature, GatewayRefused
from commerce.gateways.types import (
    CheckoutSession,
    PaymentEvent,
    PaymentState,
    RefundRequest,
    RefundState,
    RemotePayment,
    RemoteRefund,
    SessionRequest,
)

_STATES = {
    ManualPayment.Status.OPEN: PaymentState.OPEN,
    ManualPayment.Status.PAID: PaymentState.PAID,
    ManualPayment.Status.EXPIRED: PaymentState.EXPIRED,
}


class ManualGateway:
    name = "manual"

    def open_session(self, request: SessionRequest) -> CheckoutSession:
        """Return the academy's instructions, and days to pay. Seats end the wait when the first of them begins."""
        chosen = ManualSettings.objects.first()
        if chosen is None or not chosen.instructions.strip():
            raise GatewayRefused("not_configured", "The academy has written no instructions for buyers yet.")
        until = request.opened_at + timedelta(days=chosen.pay_within_days)
        if request.starts_at:
            until = max(min(until, request.starts_at), request.expires_at)
        payment, _created = ManualPayment.objects.get_or_create(
            attempt_id=request.attempt_id,
            defaults={
                "order_id": request.order_id,
                "amount_minor": request.total_minor,
                "currency": request.currency,
                "instructions": chosen.instructions.strip(),
                "opened_at": request.opened_at,
                "expires_at": until,
            },
        )
        if (payment.amount_minor, payment.currency) != (request.total_minor, request.currency):
            raise GatewayRefused("idempotency_mismatch", "This attempt was opened with another amount.")
        return CheckoutSession(str(payment.pk), request.order_url, payment.expires_at, payment.instructions)

    def read(self, reference: str) -> RemotePayment:
        return _remote_payment(_find(reference))

    def expire(self, reference: str) -> RemotePayment:
        with transaction.atomic():
            payment = _find(reference, lock=True)
            if payment.status == ManualPayment.Status.OPEN:
                _transition(payment, ManualPayment.Status.EXPIRED, rules.PAYMENT)
        return _remote_payment(payment)

    def refund(self, request: RefundRequest) -> RemoteRefund:
        """Store a refund that people have to pay out."""
        with transaction.atomic():
            payment = _find(request.payment_reference, lock=True)
            refund = payment.refunds.filter(pk=request.refund_id).first()
            if refund is None:
                _check_refundable(payment, request.amount_minor)
                refund = ManualRefund.objects.create(
                    id=request.refund_id,
                    payment=payment,
                    amount_minor=request.amount_minor,
                    reason=request.reason[:250],
                    created_at=clock.now(),
                )
        return _remote_refund(refund)

    def recent_payments(self, since: datetime) -> Iterator[RemotePayment]:
        recent = Q(opened_at__gte=since) | Q(recorded_at__gte=since)
        refunded = Q(refunds__created_at__gte=since) | Q(refunds__recorded_at__gte=since)
        payments = ManualPayment.objects.filter(recent | refunded).distinct().order_by("pk")
        yield from map(_remote_payment, payments.prefetch_related("refunds"))

    def read_event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        raise BadSignature("Nobody sends events about bank transfers and cash.")

    def ensure_webhook(self, url: str) -> str:
        raise GatewayRefused("no_webhooks", "Nobody sends events about bank transfers and cash.")

    @transaction.atomic
    def record_payment(self, reference: str, *, received_as: str, by: Any) -> RemotePayment:
        payment = _find(reference, lock=True)
        if payment.status == ManualPayment.Status.PAID:
            _check_same(payment.received_as, received_as)
            return _remote_payment(payment)
        payment.received_as = received_as
        _record(payment, ManualPayment.Status.PAID, rules.PAYMENT, by=by, reference=received_as)
        return _remote_payment(payment)

    @transaction.atomic
    def record_refund(self, refund_id: str, *, sent_as: str, by: Any) -> RemoteRefund:
        refund = ManualRefund.objects.select_for_update(no_key=True).filter(pk=refund_id).first()
        if refund is None:
            raise GatewayRefused("not_found", f"There is no refund {refund_id}.")
        if refund.status == ManualRefund.Status.DONE:
            _check_same(refund.sent_as, sent_as)
            return _remote_refund(refund)
        refund.sent_as = sent_as
        _record(refund, ManualRefund.Status.DONE, rules.REFUND, by=by, reference=sent_as)
        return _remote_refund(refund)


def _find(reference: str, *, lock: bool = False) -> ManualPayment:
    """Return a payment by its session's reference or its transfer's. Raises GatewayRefused("not_found")."""
    condition = Q(received_as=reference)
    if _is_uuid(reference):
        condition |= Q(pk=reference)
    payments = ManualPayment.objects.select_for_update(no_key=True) if lock else ManualPayment.objects
    payment = payments.filter(condition).order_by("pk").first() if reference else None
    if payment is None:
        raise GatewayRefused("not_found", f"There is no payment {reference}.")
    return payment


def _check_refundable(payment: ManualPayment, amount_minor: int) -> None:
    paid = payment.amount_minor if payment.status == ManualPayment.Status.PAID else 0
    refunded = payment.refunds.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    if refunded + amount_minor > paid:
        raise GatewayRefused("over_refund", "More would be refunded than was paid.")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _check_same(recorded: str | None, reference: str) -> None:
    if recorded != reference:
        raise GatewayRefused("already_recorded", f"This has been recorded as {recorded}.")


def _record(
    row: ManualPayment | ManualRefund, status: str, transitions: Transitions, *, by: Any, reference: str
) -> None:
    row.recorded_by, row.recorded_at = by, clock.now()
    try:
        with transaction.atomic():
            _transition(row, status, transitions, by=by, reference=reference)
    except IntegrityError as error:
        raise GatewayRefused("reference_used", f"{reference} belongs to another payment.") from error


def _transition(
    row: ManualPayment | ManualRefund, status: str, transitions: Transitions, *, by: Any = None, **details: str
) -> None:
    journal.transition(row, status, transitions=transitions, now=clock.now(), by=by, **details)


def _remote_payment(payment: ManualPayment) -> RemotePayment:
    return RemotePayment(
        reference=str(payment.pk),
        state=_STATES[ManualPayment.Status(payment.status)],
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        payment_reference=payment.received_as,
        attempt_id=str(payment.attempt_id),
        order_id=str(payment.order_id),
        refunds=tuple(map(_remote_refund, sorted(payment.refunds.all(), key=attrgetter("created_at")))),
    )


def _remote_refund(refund: ManualRefund) -> RemoteRefund:
    return RemoteRefund(
        reference=refund.sent_as or "",
        state=RefundState.DONE if refund.status == ManualRefund.Status.DONE else RefundState.PENDING,
        amount_minor=refund.amount_minor,
        currency=refund.payment.currency,
        refund_id=str(refund.pk),
        reason=refund.reason,
    )
