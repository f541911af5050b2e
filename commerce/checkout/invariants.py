"""Invariants of this app's records, for `manage.py check_integrity`. Each function yields a sentence for each violation."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Max, Sum

from commerce.checkout import queries
from commerce.checkout.encryption import CannotDecrypt
from commerce.checkout.models import Order, OrderLine, PaymentAccount, PaymentAttempt, Refund
from commerce.enrolments.models import Entitlement, Registration

_PAID = (Order.Status.PAID, Order.Status.PARTIALLY_REFUNDED)


def every_paid_order_is_paid_for() -> Iterator[str]:
    for order in Order.objects.filter(status__in=_PAID, total_minor__gt=0).prefetch_related("attempts"):
        paid = sum(row.amount_minor for row in order.attempts.all() if row.status == PaymentAttempt.Status.CONFIRMED)
        if paid < order.total_minor:
            yield f"{order} is {order.status}, but only {paid} of {order.total_minor} was confirmed"


def every_paid_line_is_fulfilled() -> Iterator[str]:
    lines = OrderLine.objects.filter(order__status=Order.Status.PAID).select_related("order", "plan", "registration")
    entitlements = Entitlement.objects.filter(source__startswith="order_line:", revoked_at=None)
    granted = set(entitlements.values_list("source", flat=True))
    for line in lines.annotate(courses=Count("plan__courses")):
        opens_something = line.plan and (line.plan.all_courses or line.courses)
        if opens_something and f"order_line:{line.pk}" not in granted:
            yield f"{line.order} is paid, but {line.title} opens nothing"
        if line.offering_id and (not line.registration or line.registration.confirmed_at is None):
            yield f"{line.order} is paid, but {line.title} has no seat"


def no_payment_is_refunded_twice() -> Iterator[str]:
    refunds = Refund.objects.filter(status__in=queries.NOT_FAILED)
    for row in refunds.values("attempt", "attempt__amount_minor").annotate(sum=Sum("amount_minor")):
        if row["sum"] > row["attempt__amount_minor"]:
            yield f"{row['sum']} of {row['attempt__amount_minor']} is refunded of payment {row['attempt']}"


def no_payment_is_kept_for_nothing() -> Iterator[str]:
    """A late payment whose refund failed, or a second payment."""
    for order in queries.with_refundable_minor(Order.objects.all()).filter(refundable_minor__gt=0):  # type: ignore[misc]
        owed = order.total_minor if order.status in _PAID else 0
        if queries.refundable_minor(order) > owed:
            yield f"{order} is {order.status}, but {queries.refundable_minor(order) - owed} more was paid than it costs"


def order_numbers_have_no_gap() -> Iterator[str]:
    numbers = Order.objects.aggregate(count=Count("pk"), last=Max("number"))
    if numbers["count"] != (numbers["last"] or 0):
        yield f"the last order is number {numbers['last']}, but there are {numbers['count']}"


def nothing_is_stuck(now: datetime) -> Iterator[str]:
    for order in Order.objects.filter(status=Order.Status.PENDING, expires_at__lt=now - timedelta(hours=1)):
        yield f"{order} should have expired at {order.expires_at}"
    for refund in queries.stuck_refunds(now - timedelta(hours=1)):
        yield f"refund {refund.pk} is waiting since {refund.created_at}"


def ended_orders_hold_no_seats() -> Iterator[str]:
    ended = [Order.Status.CANCELLED, Order.Status.EXPIRED]
    lines = OrderLine.objects.filter(order__status__in=ended, registration__status=Registration.Status.CONFIRMED)
    for line in lines.select_related("order", "registration"):
        if line.registration and line.registration.source == f"order:{line.order_id}":
            yield f"{line.order} is {line.order.status}, but its seat at {line.title} is confirmed"


def accounts_can_be_decrypted() -> Iterator[str]:
    for account in PaymentAccount.objects.all():
        try:
            _secrets = account.secret_key, account.webhook_secret
        except CannotDecrypt as error:
            yield f"the account at {account} can't be decrypted: {error}"


def violations(*, now: datetime) -> list[str]:
    """Return all violations in the current academy."""
    return [
        *every_paid_order_is_paid_for(),
        *every_paid_line_is_fulfilled(),
        *no_payment_is_refunded_twice(),
        *no_payment_is_kept_for_nothing(),
        *order_numbers_have_no_gap(),
        *nothing_is_stuck(now),
        *ended_orders_hold_no_seats(),
        *accounts_can_be_decrypted(),
    ]
