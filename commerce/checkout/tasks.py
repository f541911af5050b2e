from celery import shared_task

from academies.kernel import clock
from commerce.checkout import actions


@shared_task(name="checkout.expire_orders")
def expire_orders() -> None:
    actions.expire_orders(now=clock.now())


@shared_task(name="checkout.reconcile")
def reconcile() -> None:
    """Compare open payments every two minutes, and once an hour refunds made outside as well."""
    now = clock.now()
    actions.reconcile_payments(now=now, thorough=now.minute < 2)
