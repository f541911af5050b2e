"""Fixtures of commerce: the payment stand-in, and an academy connected to it."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from django.test import Client

from academies.people.models import User
from lyceum_dev.standins.stripe.harness import StandIn
from tests.fixtures.http_client import client_for
from tests.fixtures.payment_factory import Shop
from tests.fixtures.webhook_receiver import Receiver


@pytest.fixture(scope="session")
def running_standin() -> Iterator[StandIn]:
    with StandIn() as standin:
        yield standin


@pytest.fixture
def standin(running_standin: StandIn, settings: Any) -> Iterator[StandIn]:
    settings.STRIPE_API_BASE = running_standin.base_url
    yield running_standin
    running_standin.reset()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the SDK repeat without its pauses."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.02)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver().start()
    yield receiver
    receiver.stop()


@pytest.fixture
def shop(north: object, standin: StandIn, receiver: Receiver) -> Shop:
    """Northlight, selling."""
    return Shop.at(standin, receiver)


@pytest.fixture
def browser(learner: User) -> Client:
    """A client signed in as the learner."""
    return client_for(learner)
