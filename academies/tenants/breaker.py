"""A circuit breaker: whether the cache server may be asked, and what it must be told when it answers again."""

import logging
import threading
import time
from collections.abc import Callable, Iterable

from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# How long a server that failed is left alone. One request of the process then asks again and waits for its time limit.
OPEN_SECONDS = 3.0
# So many keys are remembered; beyond that everything is removed.
MOST_OWED = 10_000

# Takes away keys, or everything for None. Raises RedisError when the server fails.
Remove = Callable[[list[str] | None], None]


class Breaker:
    """Closed: ask. Open: don't. After OPEN_SECONDS one caller tries; the others go on without the server meanwhile."""

    def __init__(self) -> None:
        self.is_closed = True
        self._lock = threading.Lock()
        self._try_at = 0.0
        self._owed: set[str] = set()

    def open(self, error: Exception) -> None:
        """Leave the server alone: it has just failed."""
        with self._lock:
            was_closed, self.is_closed = self.is_closed, False
            self._try_at = time.monotonic() + OPEN_SECONDS
        if was_closed:
            logger.warning("the cache server fails (%s: %s); going on without it", type(error).__name__, error)

    def owe(self, keys: Iterable[str]) -> None:
        """Note keys whose values at the server may be old, or become old by a command that it carries out late."""
        with self._lock:
            if len(self._owed) <= MOST_OWED:
                self._owed.update(keys)

    def try_again(self, remove: Remove) -> bool:
        """Ask the server whether it is back, if it is time to and nobody else does. Returns whether it is.

        What is owed is removed before anybody reads. A command that was sent while the server stood still, and is carried
        out when it goes on, comes before the answer to this question, so the removal comes after it.
        """
        with self._lock:
            if self.is_closed:
                return True
            if time.monotonic() < self._try_at:
                return False
            self._try_at = time.monotonic() + OPEN_SECONDS
            owed, self._owed = self._owed, set()
        try:
            remove(list(owed) if len(owed) <= MOST_OWED else None)
        except RedisError as error:
            self.open(error)
            self.owe(owed)
            return False
        self.is_closed = True
        logger.warning("the cache server answers again; %d keys were removed that may have been old", len(owed))
        return True


_breakers: dict[str, Breaker] = {}
_lock = threading.Lock()


def breaker_of(server: str) -> Breaker:
    """Return the breaker that all threads of this process share for a server."""
    with _lock:
        return _breakers.setdefault(server, Breaker())
