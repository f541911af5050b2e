"""Message broker: sending a task never blocks the caller."""

import socket
import time
from collections.abc import Iterator

import pytest
from celery import Celery
from kombu import Connection

from academies.kernel.breaker import Breaker, State
from academies.tenants import broker

PRODUCERS = broker.producer_pool


@pytest.fixture
def frozen_broker() -> Iterator[str]:
    """A broker that takes connections and never answers, as one that is stopped does."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def _use(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app, open_to = Celery(broker=url, set_as_current=False), PRODUCERS
    app.conf.broker_transport_options = {"socket_timeout": 20, "socket_connect_timeout": 20}
    monkeypatch.setattr(broker, "producer_pool", lambda _: open_to(app))
    monkeypatch.setattr(broker, "breaker", Breaker("broker", failures=1, pause=60))


def test_a_frozen_broker_costs_a_moment_once(frozen_broker, monkeypatch):
    # The first use imports the transport, which is not what is measured.
    _use("redis://127.0.0.1:1/0", monkeypatch)
    broker.send("outbox.deliver", "1", queue=broker.URGENT, academy="north")
    _use(frozen_broker, monkeypatch)
    began = time.perf_counter()

    sent = [broker.send("outbox.deliver", "1", queue=broker.URGENT, academy="north") for _ in range(20)]

    # A fifth of a second, on a machine that is not busy; twenty seconds and more without the limits.
    assert time.perf_counter() - began < 5
    assert sent == [False] * 20
    assert broker.breaker.state == State.OPEN


def test_a_broker_that_is_gone_is_no_error_for_the_one_who_sends(monkeypatch):
    _use("redis://127.0.0.1:1/0", monkeypatch)

    assert broker.send("outbox.deliver", "1", queue=broker.URGENT, academy="north") is False


def test_a_task_goes_to_its_queue_with_its_academy_and_its_end(monkeypatch):
    _use("memory://", monkeypatch)

    assert broker.send("outbox.sweep", queue=broker.SWEEPS, academy="north", expires=10)

    with Connection("memory://") as connection:
        message = connection.SimpleQueue("sweeps").get(timeout=1)
    assert message.headers["academy"] == "north"
    assert message.headers["expires"]
