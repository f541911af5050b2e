"""Timed requests: single ones, or a steady stream beside a fault."""

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Seconds by which nothing but the faulty part may become slower.
SLOWER = 2.0
PATIENCE = 30.0


@dataclass(frozen=True)
class Reply:
    """status: 0 when there was no answer, and then `body` says why.  seconds: from the connection to the last byte."""

    status: int
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def is_good(self) -> bool:
        return 0 < self.status < 500


def send(
    port: int,
    method: str,
    path: str,
    *,
    host: str = "north.localhost",
    token: str = "",
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = PATIENCE,
) -> Reply:
    """Send one request on a connection of its own and read all of the answer."""
    sent = {"Host": f"{host}:{port}", "Connection": "close", **(headers or {})}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    content = None
    if body is not None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent.setdefault("Content-Type", "application/json")
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, content, sent)
        response = connection.getresponse()
        payload = response.read()
        return Reply(
            response.status, time.monotonic() - began, {k.lower(): v for k, v in response.getheaders()}, payload
        )
    except (OSError, http.client.HTTPException) as error:
        return Reply(0, time.monotonic() - began, body=repr(error).encode())
    finally:
        connection.close()


@dataclass(frozen=True)
class Ask:
    """A request that stays healthy whatever happens elsewhere."""

    path: str
    method: str = "GET"
    host: str = "north.localhost"
    token: str = ""
    body: Any = None

    def send(self, port: int, timeout: float = PATIENCE) -> Reply:
        return send(port, self.method, self.path, host=self.host, token=self.token, body=self.body, timeout=timeout)


@dataclass
class Seen:
    """What a trickle of requests got, in order."""

    replies: list[tuple[Ask, Reply]] = field(default_factory=list)

    def slowest(self, path: str = "") -> float:
        return max((reply.seconds for ask, reply in self.replies if path in ask.path), default=0.0)

    def p95(self, path: str = "") -> float:
        took = sorted(reply.seconds for ask, reply in self.replies if path in ask.path)
        return took[int(len(took) * 0.95)] if took else 0.0

    def bad(self) -> list[tuple[str, int]]:
        return [(ask.path, reply.status) for ask, reply in self.replies if not reply.is_good]

    def is_healthy(self, than: "Seen | None" = None) -> bool:
        """Answer whether all went well, none more than SLOWER seconds slower than the slowest of a healthy time."""
        return bool(self.replies) and not self.bad() and self.slowest() <= (than.slowest() if than else 0.0) + SLOWER

    def __str__(self) -> str:
        return (
            f"{len(self.replies)} replies, p95 {self.p95():.2f} s, slowest {self.slowest():.2f} s, bad {self.bad()[:5]}"
        )


@contextlib.contextmanager
def traffic(port: int, asks: Sequence[Ask], *, clients: int = 4, pause: float = 0.05) -> Iterator[Seen]:
    """Send these requests in turn, by a few clients, for the length of a block. Reads `seen` only after it."""
    seen, over, lock = Seen(), threading.Event(), threading.Lock()

    def work(number: int) -> None:
        turn = number
        while not over.wait(pause):
            ask = asks[turn % len(asks)]
            turn += 1
            reply = ask.send(port)
            with lock:
                seen.replies.append((ask, reply))

    running = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(clients)]
    for each in running:
        each.start()
    try:
        yield seen
    finally:
        over.set()
        for each in running:
            each.join(PATIENCE + 5)
