"""Detects an unresponsive database server, so that requests don't hang.

A frozen server keeps its connections open and sends nothing, and clients wait until the network gives up. So a statement
that has waited SUSPICIOUS seconds for its result probes the server with a new connection, once for the whole process. A
responsive server accepts it at once, however long its statements run. If it doesn't, all statements fail immediately
until it answers again; a background thread keeps probing.
"""

import contextlib
import logging
import socket
import struct
import threading
import time
from collections.abc import Generator, Mapping
from typing import Any

import psycopg
from psycopg.waiting import Ready

logger = logging.getLogger(__name__)

# SUSPICIOUS and PROBE_SECONDS together stay below two seconds, the most that a request may be delayed.
SUSPICIOUS, PROBE_SECONDS, PROBE_EVERY = 0.5, 1.2, 0.5
# PostgreSQL's SSLRequest, its length and code: answered with one byte, before authentication.
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)


class DatabaseAway(psycopg.OperationalError):
    """The database server doesn't answer; the statement wasn't sent."""


class Server:
    """The state of the database server as this process knows it."""

    def __init__(self) -> None:
        self.is_away = False
        self._lock = threading.Lock()
        self._answered_at = float("-inf")

    def require(self) -> None:
        """Raise DatabaseAway while the server is known to be unresponsive. Doesn't wait."""
        if self.is_away:
            raise DatabaseAway("the database doesn't answer")

    def suspect(self, address: Mapping[str, Any]) -> None:
        """Probe the server, unless that was just done. Raises DatabaseAway if it doesn't answer."""
        self.require()
        if time.monotonic() - self._answered_at < PROBE_EVERY:
            return
        with self._lock:
            # Another thread may have probed while this one waited for the lock.
            self.require()
            if time.monotonic() - self._answered_at < PROBE_EVERY:
                return
            if answers(address):
                self._answered_at = time.monotonic()
                return
            self.is_away = True
        logger.error("the database doesn't answer: statements fail at once until it does")
        threading.Thread(target=self.wait_until_it_answers, args=(dict(address),), name="database", daemon=True).start()
        self.require()

    def wait_until_it_answers(self, address: Mapping[str, Any]) -> None:
        while not answers(address):
            time.sleep(PROBE_EVERY)
        self._answered_at, self.is_away = time.monotonic(), False
        logger.warning("the database answers again")


server = Server()


def answers(address: Mapping[str, Any], seconds: float = PROBE_SECONDS) -> bool:
    """Return whether a PostgreSQL server answers. address: HOST and PORT of Django's settings.

    Returns True if they don't name exactly one server, because libpq then chooses one.
    """
    host, port = str(address.get("HOST") or ""), str(address.get("PORT") or 5432)
    if not host or "," in host:
        return True
    try:
        with contextlib.closing(_connect(host, int(port), seconds)) as probe:
            probe.settimeout(seconds)
            probe.sendall(_SSL_REQUEST)
            return probe.recv(1) in (b"S", b"N")
    except OSError:
        return False


def _connect(host: str, port: int, seconds: float) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), seconds)
    unix_socket = socket.socket(socket.AF_UNIX)
    unix_socket.settimeout(seconds)
    unix_socket.connect(f"{host}/.s.PGSQL.{port}")
    return unix_socket


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that probes the server when a result is late, and closes itself if the server is unresponsive."""

    address: Mapping[str, Any] = {}

    def wait(self, gen: Any, *args: Any, **options: Any) -> Any:
        try:
            server.require()
            return super().wait(self._watched(gen), *args, **options)
        except DatabaseAway:
            # The result may still arrive and would be read as that of the next statement.
            self.close()
            raise

    def _watched(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        began = time.monotonic()
        try:
            request = next(gen)
            while True:
                # Psycopg yields ten times a second while nothing arrives.
                ready = yield request
                if ready == Ready.NONE and time.monotonic() - began > SUSPICIOUS:
                    server.suspect(self.address)
                request = gen.send(ready)
        except StopIteration as end:
            return end.value
