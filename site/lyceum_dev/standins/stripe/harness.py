"""Starts a stand-in in a test, and acts as a buyer."""

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from lyceum_dev.standins.stripe.server import Server

PAYS, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002500003155"
_ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class RecordedRequest:
    """A response to the buyer's browser; location: of a redirect."""

    status: int
    location: str
    text: str


class StandIn:
    """A stand-in on a free port, with --control.

    apart: run it in a separate process, so that tests that freeze or move time don't affect it.
    state: a folder, to restart with the same data; without it everything is in memory.
    """

    def __init__(self, *, apart: bool = False, state: Path | None = None, retry_base: float = 0.05) -> None:
        self._apart, self._state, self._retry_base = apart, state, retry_base
        self._server: Server | None = None
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""

    def start(self, port: int = 0) -> "StandIn":
        if self._apart:
            self._start_process(port)
            return self
        self._server = Server(port=port, state=self._state, control=True, retry_base=self._retry_base).start()
        self.base_url = self._server.base_url
        return self

    def _start_process(self, port: int) -> None:
        command = [sys.executable, "-m", "lyceum_dev.standins.stripe", "--control", "--port", str(port)]
        command += ["--retry-base", str(self._retry_base), *(["--state", str(self._state)] if self._state else [])]
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed by stop)
        self._process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=self._errors, text=True)
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line.startswith("Listening on "):
            self._process.wait(5)
            self._errors.seek(0)
            raise RuntimeError(f"the stand-in did not start: {self._errors.read()}")
        self.base_url = line.removeprefix("Listening on ").strip()

    def stop(self) -> None:
        if self._server:
            self._server.stop()
            self._server = None
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            if self._process.stdout:
                self._process.stdout.close()
            self._errors.close()
            self._process = None

    def kill(self) -> None:
        """Kill the process. Only with `apart`."""
        assert self._process
        self._process.kill()
        self.stop()

    def __enter__(self) -> "StandIn":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def look(self, page_url: str) -> RecordedRequest:
        return _fetch(page_url)

    def pay(self, page_url: str, card: str = PAYS, **fields: str) -> RecordedRequest:
        return _fetch(page_url, {"card_number": card, **fields})

    def confirm(self, page_url: str, *, agreed: bool = True) -> RecordedRequest:
        """Confirm or refuse the payment, as the card holder."""
        return _fetch(f"{page_url}/confirm", {"action": "complete" if agreed else "fail"})

    def cancel(self, page_url: str) -> RecordedRequest:
        return _fetch(page_url, {"action": "cancel"})

    def advance(self, seconds: float) -> None:
        self.control("clock", {"advance_seconds": seconds})

    def faults(self, **switches: Any) -> None:
        self.control("faults", switches)

    def webhooks(self, **switches: Any) -> None:
        self.control("webhooks", switches)

    def deliveries(self) -> list[dict[str, Any]]:
        deliveries: list[dict[str, Any]] = self.control("deliveries")["data"]
        return deliveries

    def redeliver(self, event: str) -> None:
        self.control("redeliver", {"event": event})

    def reset(self) -> None:
        """Delete all data, faults and the clock's offset."""
        self.control("reset", {})

    def control(self, name: str, fields: dict[str, Any] | None = None) -> Any:
        body = None if fields is None else json.dumps(fields).encode()
        request = urllib.request.Request(f"{self.base_url}/_control/{name}", body, {"Content-Type": "application/json"})
        with _BROWSER.open(request, timeout=10) as answer:
            return json.load(answer)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


# Follows no redirects and ignores the proxy of the environment.
_BROWSER = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


def _fetch(url: str, fields: dict[str, str] | None = None) -> RecordedRequest:
    body = None if fields is None else urlencode(fields).encode()
    try:
        with _BROWSER.open(url, body, timeout=10) as answer:
            return RecordedRequest(answer.status, "", answer.read().decode())
    except urllib.error.HTTPError as answer:
        with answer:
            return RecordedRequest(answer.code, answer.headers.get("Location", ""), answer.read().decode())
