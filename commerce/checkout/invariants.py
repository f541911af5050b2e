"""Invariants of this app's records, for `manage.py check_integrity`. Each function yields a sentence for each violation."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Max, Sum

from commerce.checkout import queries
from commerce.checkout.models import Order, OrderLine, PaymentAccount, PaymentAttempt, Refund
from commerce.checkout.seals import CannotOpen, unseal
from commerce.enrolments.models import Entitlement, Registration

_PAID = (Order.Status.PAID, Order.Status.PARTIALLY_REFUNDED)


def every_paid_order_is_paid_for() -> Iterator[str]:
    for order in Order.objects.filter(status__in=_PAID, total_minor__gt=0).prefetch_related("attempts"):
        paid = sum(one.amount_minor for one in order.attempts.all() if one.status == PaymentAttempt.Status.CONFIRMED)
        if paid < order.total_minor:
            yield f"{order} is {order.status}, but only {paid} of {order.total_minor} was confirmed"


def every_paid_line_gave_what_it_sold() -> Iterator[str]:
    lines = OrderLine.objects.filter(order__status=Order.Status.PAID).select_related("order", "plan", "registration")
    given = Entitlement.objects.filter(source__startswith="order_line:", revoked_at=None)
    granted = set(given.values_list("source", flat=True))
    for line in lines.annotate(courses=Count("plan__courses")):
        opens_something = line.plan and (line.plan.all_courses or line.courses)
        if opens_something and f"order_line:{line.pk}" not in granted:
            yield f"{line.order} is paid, but {line.title} opens nothing"
        if line.offering_id and (not line.registration or line.registration.confirmed_at is None):
            yield f"{line.order} is paid, but {line.title} has no seat"


def nothing_more_went_back_than_came() -> Iterator[str]:
    back = Refund.objects.filter(status__in=[Refund.Status.CREATED, Refund.Status.DONE])
    for row in back.values("attempt", "attempt__amount_minor").annotate(sum=Sum("amount_minor")):
        if row["sum"] > row["attempt__amount_minor"]:
            yield f"{row['sum']} of {row['attempt__amount_minor']} went back of payment {row['attempt']}"


def nothing_is_kept_for_nothing() -> Iterator[str]:
    """A late payment whose way back failed, or one that came twice."""
    for order in queries.with_money_left(Order.objects.all()).filter(left_minor__gt=0):
        owed = order.total_minor if order.status in _PAID else 0
        if queries.money_left(order) > owed:
            yield f"{order} is {order.status}, but {queries.money_left(order) - owed} more came than it costs"


def order_numbers_have_no_gap() -> Iterator[str]:
    found = Order.objects.aggregate(count=Count("pk"), last=Max("number"))
    if found["count"] != (found["last"] or 0):
        yield f"the last order is number {found['last']}, but there are {found['count']}"


def nothing_is_stuck(now: datetime) -> Iterator[str]:
    for order in Order.objects.filter(status=Order.Status.PENDING, expires_at__lt=now - timedelta(hours=1)):
        yield f"{order} should have expired at {order.expires_at}"
    for refund in Refund.objects.filter(status=Refund.Status.CREATED, created_at__lt=now - timedelta(hours=1)):
        yield f"refund {refund.pk} has been under way since {refund.created_at}"


def ended_orders_hold_nothing() -> Iterator[str]:
    ended = [Order.Status.CANCELLED, Order.Status.EXPIRED]
    held = OrderLine.objects.filter(order__status__in=ended, registration__status=Registration.Status.CONFIRMED)
    for line in held.select_related("order", "registration"):
        if line.registration and line.registration.source == f"order:{line.order_id}":
            yield f"{line.order} is {line.order.status}, but its seat at {line.title} is confirmed"


def the_account_can_be_opened() -> Iterator[str]:
    for account in PaymentAccount.objects.all():
        try:
            unseal(account.sealed_key), unseal(account.sealed_webhook_secret)
        except CannotOpen as error:
            yield f"the account at {account} can't be opened: {error}"


def violations(*, now: datetime) -> list[str]:
    """Return all violations in the current academy."""
    return [
        *every_paid_order_is_paid_for(),
        *every_paid_line_gave_what_it_sold(),
        *nothing_more_went_back_than_came(),
        *nothing_is_kept_for_nothing(),
        *order_numbers_have_no_gap(),
        *nothing_is_stuck(now),
        *ended_orders_hold_nothing(),
        *the_account_can_be_opened(),
    ]
