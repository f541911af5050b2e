"""The stand-in as a process: started, restarted, killed."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from commerce.gateways.types import PaymentState
from lyceum_dev.standins.stripe.harness import StandIn
from tests.commerce.gateways.conftest import Account, new_key, session_request
from tests.fixtures.webhook_receiver import Receiver, wait_until


def test_a_killed_stand_in_remembers(tmp_path: Path, receiver: Receiver) -> None:
    standin = StandIn(apart=True, state=tmp_path).start()
    account = Account.at(standin, new_key())
    secret = account.gateway.ensure_webhook(receiver.url())
    paid, waiting = account.gateway.open_session(session_request()), account.gateway.open_session(session_request())
    standin.webhooks(paused=True)
    standin.pay(paid.url)
    standin.advance(60)
    port = int(standin.base_url.rsplit(":", 1)[1])
    standin.kill()

    again = StandIn(apart=True, state=tmp_path).start(port)
    try:
        account = Account.at(again, account.key, webhook_secret=secret)
        wait_until(lambda: len(receiver.webhooks) >= 3)

        assert account.gateway.read(paid.reference).state == PaymentState.PAID
        assert account.gateway.read(waiting.reference).state == PaymentState.OPEN
        assert "checkout.session.completed" in receiver.kinds(account.gateway)
        assert again.control("clock")["offset_seconds"] == 60
        assert again.pay(waiting.url).status == 303
    finally:
        again.stop()


def test_a_taken_port_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        ended = subprocess.run(
            [sys.executable, "-m", "lyceum_dev.standins.stripe", "--port", port],
            capture_output=True, text=True, timeout=20, check=False, cwd=Path(__file__).parents[3],
        )  # fmt: skip

    assert ended.returncode == 1
    assert "can't listen" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_control_there_are_no_switches(tmp_path: Path) -> None:
    from lyceum_dev.standins.stripe.server import Server

    server = Server(state=tmp_path / "deep" / "inside").start()
    try:
        plain = StandIn()
        plain.base_url = server.base_url

        with pytest.raises(OSError, match="404"):
            plain.control("reset", {})
    finally:
        server.stop()
