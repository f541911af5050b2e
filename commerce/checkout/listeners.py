from django.conf import settings

from academies.inbox import registry as inbox
from academies.inbox.models import WebhookEvent
from academies.kernel import clock
from academies.outbox import registry as outbox
from commerce.checkout import actions, permissions  # noqa: F401
from commerce.enrolments.facts import SeatReleased
from commerce.gateways import providers


def handle_event(event: WebhookEvent) -> bool:
    return actions.handle(event=event, now=clock.now())


for name in providers.load(settings.PAYMENT_PROVIDERS):
    inbox.handler(name)(handle_event)


@outbox.handler("checkout.send_refund")
def send_refund(refund_id: str) -> None:
    actions.send_refund(refund_id=refund_id, now=clock.now())


@outbox.listener(SeatReleased)
def settle_released_seat(fact: SeatReleased) -> None:
    if fact.source.startswith("order:"):
        actions.settle_released_seat(fact=fact, now=clock.now())
