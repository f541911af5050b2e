from celery import shared_task

from academies.inbox import actions
from academies.kernel import clock


@shared_task(name="inbox.handle")
def handle(event_id: str) -> None:
    actions.handle(event_id=event_id, now=clock.now())


@shared_task(name="inbox.sweep")
def sweep() -> None:
    actions.sweep(now=clock.now())


@shared_task(name="inbox.prune")
def prune() -> None:
    actions.prune(now=clock.now())
