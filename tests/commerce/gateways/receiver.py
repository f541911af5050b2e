"""Somebody who gets webhooks: remembers them, and answers as told."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from commerce.gateways.facts import ProviderEvent
from commerce.gateways.port import Gateway


@dataclass(frozen=True)
class Letter:
    body: bytes
    signature: str
    host: str

    def opened(self, gateway: Gateway) -> ProviderEvent:
        return gateway.read_event(self.body, self.signature)


@dataclass
class Receiver:
    """statuses: what to answer first; 200 once they are used up."""

    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def url(self, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/hooks/stripe/"

    def kinds(self, gateway: Gateway) -> list[str]:
        return [letter.opened(gateway).kind for letter in self.letters]

    def start(self) -> "Receiver":
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                letter = Letter(body, self.headers["Stripe-Signature"], self.headers["Host"])
                receiver.letters.append(letter)
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._http.server_port
        Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def eventually(seen: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until something is so. Fails after some seconds."""
    until = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.01)
