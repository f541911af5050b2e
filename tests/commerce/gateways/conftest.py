"""Fixtures of gateways: accounts at the stand-in and, with a key, in Stripe's test mode."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from commerce.gateways.manual.models import ManualSettings
from commerce.gateways.port import Gateway
from commerce.gateways.providers import build_gateway
from commerce.gateways.types import Line, SessionRequest
from lyceum_dev.standins.stripe.harness import StandIn
from tests.fixtures.webhook_receiver import Receiver

MANUAL = "commerce.gateways.manual.adapter.ManualGateway"
STRIPE = "commerce.gateways.stripe.adapter.StripeGateway"
REAL_KEY = os.environ.get("STRIPE_TEST_SECRET_KEY", "")


@dataclass(frozen=True)
class Account:
    """One academy's account. buyer: whoever can pay on the hosted page; nobody can on the real one, it has no API."""

    key: str
    gateway: Gateway
    client: stripe.StripeClient
    buyer: StandIn | None

    @classmethod
    def at(cls, standin: StandIn | None, key: str, **options: Any) -> "Account":
        base = standin.base_url if standin else None
        return cls(
            key=key,
            gateway=build_gateway(STRIPE, secret_key=key, api_base=base, **options),
            client=stripe.StripeClient(key, base_addresses={"api": base} if base else None, max_network_retries=0),
            buyer=standin,
        )


def new_key() -> str:
    return f"sk_test_north{uuid.uuid4().hex[:12]}"


def session_request(**changes: Any) -> SessionRequest:
    now = datetime.now(UTC)
    usual: dict[str, Any] = {
        "attempt_id": str(uuid.uuid4()),
        "order_id": str(uuid.uuid4()),
        "order_number": "NL-1001",
        "academy": "Northlight School of Baking",
        "lines": (Line("Sourdough from scratch", 1, 4900),),
        "total_minor": 4900,
        "currency": "GBP",
        "success_url": "https://north.example/done?page={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://north.example/basket",
        "opened_at": now,
        "expires_at": now + timedelta(hours=1),
        "customer_email": "learner@north.example",
        "order_url": "https://north.example/checkout/orders/1/",
    }
    return SessionRequest(**(usual | changes))


@pytest.fixture
def standin(running_standin: StandIn) -> Iterator[StandIn]:
    yield running_standin
    running_standin.reset()


@pytest.fixture
def account(standin: StandIn) -> Account:
    """An account nobody used before."""
    return Account.at(standin, new_key())


@pytest.fixture(
    params=[
        "standin",
        pytest.param(
            "stripe",
            marks=[
                pytest.mark.real_stripe,
                pytest.mark.skipif(not REAL_KEY, reason="STRIPE_TEST_SECRET_KEY is not set"),
            ],
        ),
    ]
)
def either(request: pytest.FixtureRequest) -> Account:
    """The same contract, kept by the stand-in and by Stripe."""
    if request.param == "stripe":
        return Account.at(None, REAL_KEY)
    return Account.at(request.getfixturevalue("standin"), new_key())


@pytest.fixture(params=["stripe stand-in", "manual"])
def adapter(request: pytest.FixtureRequest) -> Gateway:
    """Every adapter that this deployment offers: one contract for all of them."""
    if request.param == "manual":
        request.getfixturevalue("north")
        ManualSettings.objects.create(instructions="Northlight, IBAN GB33 BUKB 2020 1555 5555 55")
        return build_gateway(MANUAL)
    return Account.at(request.getfixturevalue("standin"), new_key()).gateway


@pytest.fixture
def webhook_account(account: Account, receiver: Receiver) -> Account:
    """The account, its webhooks sent to the receiver."""
    secret = account.gateway.ensure_webhook(receiver.url())
    assert account.buyer
    return Account.at(account.buyer, account.key, webhook_secret=secret)
