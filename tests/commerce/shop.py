"""A shop for tests: an academy connected to the stand-in, its buyers, and the post that brings its events."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from academies.inbox import actions as inbox
from academies.inbox.models import Event
from academies.kernel import clock
from academies.notices.models import Delivery
from academies.outbox import actions as outbox
from academies.people.models import User
from academies.tenants import queries as tenants
from academies.tenants.context import here
from catalog.offerings.models import Offering
from commerce.checkout import actions
from commerce.checkout.facts import Item, Wish
from commerce.checkout.models import Order, PaymentAttempt
from commerce.gateways.facts import PaymentState, RemotePayment
from lyceum_dev.standins.stripe.harness import PAYS, RecordedRequest, StandIn
from tests.commerce.gateways.receiver import Letter, Receiver, eventually
from tests.commerce.props import a_date
from tests.commerce.visitor import Visitor


@dataclass
class Shop:
    """One academy's checkout, on the stand-in over HTTP."""

    standin: StandIn
    post: Receiver
    host: str
    read: set[str] = field(default_factory=set)

    @classmethod
    def at(cls, standin: StandIn, post: Receiver) -> "Shop":
        """Connect the academy entered with an account of its own."""
        host = tenants.current().domain_url
        name = f"{host.partition('.')[0].replace('-', '')}{uuid.uuid4().hex[:12]}"
        # The stand-in writes to the receiver; each academy has its own path, so that letters can be told apart.
        url = f"http://127.0.0.1:{post.port}/{here()}/"
        actions.connect_account(secret_key=f"sk_test_{name}", webhook_url=url, now=clock.now())
        return cls(standin, post, host)

    def buy(self, person: User, *slugs: str, offering: Any = None, **options: Any) -> tuple[Order, PaymentAttempt]:
        items = [Item(plan=slug) for slug in slugs]
        items += [Item(offering=offering.pk)] if offering is not None else []
        order, attempt = actions.open_checkout(person=person, wish=Wish(items, **options), now=clock.now())
        return order, attempt

    def pay(self, attempt: PaymentAttempt, card: str = PAYS) -> RecordedRequest:
        return self.standin.pay(attempt.url, card)

    def letters(self, count: int) -> list[Letter]:
        """Wait until so many letters have come in all, and return those not returned before."""
        eventually(lambda: len(self.post.letters) >= count)
        fresh = [letter for letter in self.post.letters if letter.signature + str(letter.body) not in self.read]
        self.read |= {letter.signature + str(letter.body) for letter in fresh}
        return fresh

    def hand_over(self, letter: Letter, host: str = "") -> HttpResponse:
        return self.knock(letter.body, letter.signature, host)

    def knock(self, body: bytes, signature: str, host: str = "") -> HttpResponse:
        headers = {"host": host or self.host, "stripe-signature": signature}
        return Client().post("/hooks/stripe/", data=body, content_type="application/json", headers=headers)

    def deliver(self, count: int) -> None:
        """Take in the letters, and do what the worker does with them."""
        for letter in self.letters(count):
            assert self.hand_over(letter).status_code == 200
        self.work()

    def work(self) -> None:
        for event in Event.objects.filter(account=here(), status__in=["received", "retrying"]).order_by("received_at"):
            inbox.handle(event_id=str(event.pk), now=clock.now())
        outbox.drain()

    def look(self, order: Order) -> Order:
        return actions.look(order=Order.objects.get(pk=order.pk), now=clock.now())[0]


def workshop(**fields: Any) -> Offering:
    """A paid date in two weeks of the real clock, which the stand-in follows."""
    starts_at = clock.now() + timedelta(days=14)
    given = {"price_minor": 3500, "seats": 8, "waiting_list": False, **fields}
    return a_date(title="Croissant workshop", slug="croissants", starts_at=starts_at, **given)


def overdue(order: Order) -> Any:
    """Return a moment at which an order's time to pay is over."""
    return order.expires_at + timedelta(seconds=1)


def now_of(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def mails(person: User) -> list[str]:
    return sorted(Delivery.objects.filter(person=person).values_list("kind", flat=True))


def paid_remote(attempt: PaymentAttempt, **changes: Any) -> RemotePayment:
    """What the provider would say of a paid attempt."""
    usual = {
        "reference": attempt.reference, "state": PaymentState.PAID, "amount_minor": attempt.amount_minor,
        "currency": attempt.currency, "payment_reference": f"pi_{attempt.pk}", "attempt_id": str(attempt.pk),
        "order_id": str(attempt.order_id),
    }  # fmt: skip
    return RemotePayment(**(usual | changes))


def post(who: User | None, path: str, body: Any = None, **more: Any) -> HttpResponse:
    return Visitor(who).ask("post", path, body, **more)


def problem(answer: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """Return a problem's members, which it has to be."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.content)
    assert told["code"] == code
    return told
