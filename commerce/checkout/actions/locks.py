"""The only place that locks rows of this app, and that changes their status.

Lock order: the order, its attempt, the buyer, the coupon, offerings by id (in enrolments), the number of a new order
last. Two actions that lock in this order can wait for each other, but never deadlock.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from academies.journal import actions as journal
from academies.kernel.transitions import Transitions
from academies.people.models import User
from academies.tenants.context import current_schema
from commerce.checkout import rules
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.checkout.refusals import OrderNotFound
from commerce.plans.models import Coupon

_TRANSITIONS: dict[type, Transitions] = {Order: rules.ORDER, PaymentAttempt: rules.ATTEMPT, Refund: rules.REFUND}
_FINAL = {"cancelled", "expired", "failed", "done", "refunded"}


def transition(
    row: Order | PaymentAttempt | Refund, status: str, /, *, now: datetime, by: User | None = None, **details: Any
) -> None:
    """Change the status of a locked row, save all of it, and write the change to its history.

    details: JSON for the history.  Raises InvalidTransition.
    """
    row.ended_at = now if status in _FINAL else None
    journal.transition(row, status, transitions=_TRANSITIONS[type(row)], now=now, by=by, **details)


def lock_order(order_id: UUID | str) -> Order:
    """Read an order and lock it until commit. Raises OrderNotFound.

    Rows that point at it can still be inserted.
    """
    try:
        return Order.objects.select_for_update(no_key=True).get(pk=order_id)
    except Order.DoesNotExist as error:
        raise OrderNotFound() from error


def lock_attempts(order: Order) -> list[PaymentAttempt]:
    """Read and lock all attempts of a locked order."""
    return list(order.attempts.select_for_update(no_key=True).order_by("pk"))


def lock_attempt(attempt_id: UUID | str) -> PaymentAttempt:
    """Read and lock an attempt. Lock its order before."""
    return PaymentAttempt.objects.select_for_update(no_key=True).get(pk=attempt_id)


def lock_refund(refund_id: UUID | str) -> Refund:
    """Read and lock a refund. Lock its order before."""
    return Refund.objects.select_for_update(no_key=True).get(pk=refund_id)


def lock_buyer(person_id: object) -> None:
    """Let no other transaction fulfil an order of this person until commit, so that nobody is sold one thing twice.

    An advisory lock: enrolments lock the person's row after seats. Lock the order before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_schema()}:buyer:{person_id}"]
        )


def lock_coupon(code: str) -> Coupon | None:
    """Read and lock the coupon with a code, whatever its case, so that nobody else counts its uses until commit."""
    return Coupon.objects.select_for_update(no_key=True).filter(code__iexact=code).order_by("pk").first()


def next_number() -> int:
    """Return the next order number of this academy; no other transaction gets one until commit.

    A rollback returns the number, so there are no gaps. The key names the schema: ids repeat across academies, and
    advisory locks belong to the whole database.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_schema()}:order-number"])
        cursor.execute("SELECT coalesce(max(number), 0) + 1 FROM checkout_order")
        row = cursor.fetchone()
    return int(row[0])
