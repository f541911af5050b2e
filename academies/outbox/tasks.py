from celery import shared_task

from academies.kernel import clock
from academies.outbox import actions


@shared_task(name="outbox.deliver")
def deliver(message_id: str) -> None:
    actions.deliver(message_id=message_id, now=clock.now())


@shared_task(name="outbox.sweep")
def sweep() -> None:
    actions.sweep(now=clock.now())


@shared_task(name="outbox.purge")
def purge() -> None:
    actions.purge(now=clock.now())
