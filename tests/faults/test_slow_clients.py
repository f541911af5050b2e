"""Slow clients cost other clients nothing."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.client import traffic

HALF_HEAD = b"GET / HTTP/1.1\r\nHost: north.localhost\r\nX-Slow: "
HALF_BODY = b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: north.localhost\r\nContent-Length: 100000\r\n\r\n"
WHOLE = b"GET /brand.css HTTP/1.1\r\nHost: north.localhost\r\n\r\n" * 50


@contextlib.contextmanager
def connections(port: int, count: int, sent: bytes, drip: bytes = b"") -> Iterator[list[socket.socket]]:
    """Open connections, send the same on each, and go on with one byte every half second. Nothing is read."""
    opened: list[socket.socket] = []
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(0.5):
            for each in opened:
                with contextlib.suppress(OSError):
                    each.send(drip)

    dripping = threading.Thread(target=go_on, daemon=True)
    try:
        for _ in range(count):
            each = socket.socket()
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            each.settimeout(5)
            each.connect(("127.0.0.1", port))
            opened.append(each)
            each.sendall(sent)
        if drip:
            dripping.start()
        yield opened
    finally:
        over.set()
        for each in opened:
            each.close()


@pytest.mark.parametrize(
    ("count", "sent", "drip"),
    [(200, HALF_HEAD, b"a"), (200, HALF_BODY, b"a"), (100, WHOLE, b""), (1000, b"", b"")],
    ids=["200 half heads", "200 half bodies", "100 slow readers", "1000 idle"],
)
def test_slow_clients_slow_nobody_down(deployment, count, sent, drip):
    with traffic(deployment.port, deployment.asks()) as before:
        time.sleep(2)
    with connections(deployment.port, count, sent, drip), traffic(deployment.port, deployment.asks()) as seen:
        time.sleep(4)

    assert seen.is_healthy(than=before), f"{seen}; before: {before}"
    assert len(seen.replies) > 10


def test_a_request_that_never_ends_is_dropped(deployment):
    with connections(deployment.port, 1, HALF_HEAD, b"a") as (client,):
        client.settimeout(40)
        began = time.monotonic()
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(100) == b""

    assert time.monotonic() - began < 35


@pytest.mark.parametrize(
    "request_",
    [
        b"POST / HTTP/1.1\r\nHost: north.localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: north.localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"POST / HTTP/1.1\r\nHost: north.localhost\r\nContent-Length: +5\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nHost: north.localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: north.localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: north.localhost\r\nBad Name: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: north.localhost\r\nX: a\r\n b\r\n\r\n",
    ],
    ids=["length and chunked", "two lengths", "signed length", "unknown coding", "bad chunk", "bad name", "folded"],
)
def test_what_two_servers_would_read_differently_is_refused(deployment, request_):
    with socket.create_connection(("127.0.0.1", deployment.port), 10) as client:
        client.sendall(request_)
        answer = client.recv(65536)

    assert answer.split()[1] in (b"400", b"501"), answer[:200]


def test_a_body_that_waits_to_be_asked_for_is_asked_for(deployment):
    head = b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: north.localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", deployment.port), 10) as client:
        client.sendall(head + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        interim = client.recv(65536)
        client.sendall(b"{}")
        answer = client.recv(65536)

    assert interim.startswith(b"HTTP/1.1 100")
    assert answer.startswith(b"HTTP/1.1 400")
