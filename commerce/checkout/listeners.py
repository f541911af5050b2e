"""Fact doors of this room."""

from academies.inbox import registry as inbox
from academies.inbox.models import Event
from academies.kernel import clock
from academies.outbox import registry as outbox
from commerce.checkout import actions, permissions  # noqa: F401
from commerce.enrolments.facts import SeatReleased


@inbox.handler("stripe")
def hear(event: Event) -> bool:
    return actions.handle(event=event, now=clock.now())


@outbox.handler("checkout.send_refund")
def send_refund(refund_id: str) -> None:
    actions.send_refund(refund_id=refund_id, now=clock.now())


@outbox.listener(SeatReleased)
def settle_seat(fact: SeatReleased) -> None:
    if fact.source.startswith("order:"):
        actions.settle_seat_given_up(fact=fact, now=clock.now())
