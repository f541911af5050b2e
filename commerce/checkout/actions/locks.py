"""The only place that locks in this room.

Order: the order, its attempt, the buyer, the coupon, offerings by id (in enrolments), the number of a new order last.
Two actions that take what they need in this order can wait for each other, but never in a circle.
"""

from uuid import UUID

from django.db import connection

from academies.tenants.context import current_schema
from commerce.checkout.actions.refusals import OrderNotHere
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.plans.models import Coupon


def lock_order(order_id: UUID | str) -> Order:
    """Return an order, read afresh, that nobody else changes until commit. Raises OrderNotHere.

    The lock lets rows be inserted that point at it.
    """
    try:
        return Order.objects.select_for_update(no_key=True).get(pk=order_id)
    except Order.DoesNotExist as error:
        raise OrderNotHere() from error


def lock_attempts(order: Order) -> list[PaymentAttempt]:
    """Return all attempts of a locked order afresh."""
    return list(order.attempts.select_for_update(no_key=True).order_by("pk"))


def lock_attempt(attempt_id: UUID | str) -> PaymentAttempt:
    """Return an attempt afresh. Hold its order's lock before."""
    return PaymentAttempt.objects.select_for_update(no_key=True).get(pk=attempt_id)


def lock_refund(refund_id: UUID | str) -> Refund:
    """Return a refund afresh. Hold its order's lock before."""
    return Refund.objects.select_for_update(no_key=True).get(pk=refund_id)


def lock_buyer(person_id: object) -> None:
    """Let nobody else give this person what they paid for until commit: of two orders for one thing only one is.

    Not the person's row, which enrolments lock after seats. Hold the order's lock before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_schema()}:buyer:{person_id}"]
        )


def lock_coupon(code: str) -> Coupon | None:
    """Return the coupon of a code, whatever its case, so that nobody else counts its uses until commit."""
    return Coupon.objects.select_for_update(no_key=True).filter(code__iexact=code).order_by("pk").first()


def next_number() -> int:
    """Return the next order number of this academy; until commit nobody else is given one.

    A rollback gives the number back, so there are no gaps. The key names the schema: ids repeat across academies, and
    advisory locks are of the whole database.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_schema()}:order-number"])
        cursor.execute("SELECT coalesce(max(number), 0) + 1 FROM checkout_order")
        row = cursor.fetchone()
    return int(row[0])
