"""Is the database there? Asked when an answer is late, so that a frozen server holds nobody for long.

A server that was stopped, or whose machine hangs, keeps its connections and says nothing: a client would wait for as long
as the network believes in them. So whoever waits for an answer for SUSPICIOUS seconds knocks at the server's door, once for
the whole process. A living server opens at once, however busy one of its statements is. When it doesn't, every statement
fails immediately until it opens again: a thread of its own goes on knocking.
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

# Together below the two seconds by which nobody is to become slower.
SUSPICIOUS, KNOCK_SECONDS, KNOCK_EVERY = 0.5, 1.2, 0.5
# The length and the number of PostgreSQL's request for TLS: answered by one letter, before anybody has signed in.
_KNOCK = struct.pack("!ii", 8, 80877103)


class DatabaseAway(psycopg.OperationalError):
    """The database doesn't answer, and nobody waits for it."""


class Server:
    """What this process knows of its database server."""

    def __init__(self) -> None:
        self.is_away = False
        self._lock = threading.Lock()
        self._opened_at = float("-inf")

    def require(self) -> None:
        """Raise DatabaseAway while the server is known to be away. Waits for nothing."""
        if self.is_away:
            raise DatabaseAway("the database doesn't answer")

    def suspect(self, address: Mapping[str, Any]) -> None:
        """Knock, unless somebody just has. Raises DatabaseAway when nobody opens."""
        self.require()
        if time.monotonic() - self._opened_at < KNOCK_EVERY:
            return
        with self._lock:
            # Who waited for the lock learns what its holder found.
            self.require()
            if time.monotonic() - self._opened_at < KNOCK_EVERY:
                return
            if answers(address):
                self._opened_at = time.monotonic()
                return
            self.is_away = True
        logger.error("the database doesn't answer: statements fail at once until it does")
        threading.Thread(target=self.wait_until_it_answers, args=(dict(address),), name="database", daemon=True).start()
        self.require()

    def wait_until_it_answers(self, address: Mapping[str, Any]) -> None:
        while not answers(address):
            time.sleep(KNOCK_EVERY)
        self._opened_at, self.is_away = time.monotonic(), False
        logger.warning("the database answers again")


server = Server()


def answers(address: Mapping[str, Any], seconds: float = KNOCK_SECONDS) -> bool:
    """Knock at a PostgreSQL server. address: HOST and PORT of Django's settings.

    Where they don't name one server, libpq chooses by rules of its own: it is believed to be there.
    """
    host, port = str(address.get("HOST") or ""), str(address.get("PORT") or 5432)
    if not host or "," in host:
        return True
    try:
        with contextlib.closing(_connect(host, int(port), seconds)) as door:
            door.settimeout(seconds)
            door.sendall(_KNOCK)
            return door.recv(1) in (b"S", b"N")
    except OSError:
        return False


def _connect(host: str, port: int, seconds: float) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), seconds)
    made = socket.socket(socket.AF_UNIX)
    made.settimeout(seconds)
    made.connect(f"{host}/.s.PGSQL.{port}")
    return made


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that asks after the server when an answer is late, and is thrown away when the server has gone."""

    address: Mapping[str, Any] = {}

    def wait(self, gen: Any, *args: Any, **options: Any) -> Any:
        try:
            server.require()
            return super().wait(self._watched(gen), *args, **options)
        except DatabaseAway:
            # What it waits for may come yet, when nobody expects it.
            self.close()
            raise

    def _watched(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        began = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                # Psycopg says so ten times a second when nothing has come.
                ready = yield wanted
                if ready == Ready.NONE and time.monotonic() - began > SUSPICIOUS:
                    server.suspect(self.address)
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value
