"""Fact doors: queued messages are handed over after commit."""

from academies.kernel import clock
from academies.notices import actions
from academies.outbox.registry import handler


@handler("notices.deliver")
def deliver(delivery_id: str) -> None:
    actions.deliver(delivery_id=delivery_id, now=clock.now())
