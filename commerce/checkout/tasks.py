"""Clock doors of this room."""

from celery import shared_task

from academies.kernel import clock
from commerce.checkout import actions


@shared_task(name="checkout.expire_orders")
def expire_orders() -> None:
    actions.expire_orders(now=clock.now())


@shared_task(name="checkout.reconcile")
def reconcile() -> None:
    """Every second minute what is open; in the first minutes of an hour what was refunded outside as well."""
    now = clock.now()
    actions.reconcile(now=now, thorough=now.minute < 2)
