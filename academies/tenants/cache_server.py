"""The cache server as one process sees it: whether it may be asked, and what it must be told when it answers again."""

import logging
import threading
from collections.abc import Callable, Iterable

from redis.exceptions import RedisError

from academies.kernel.breaker import Breaker, State

logger = logging.getLogger(__name__)

# Seconds that a server that failed is left alone. One request of the process then asks again and waits for its time limit.
PAUSE = 3.0
# So many keys are remembered; beyond that everything is removed.
MOST_OWED = 10_000

# Takes away keys, or everything for None. Raises RedisError when the server fails.
Remove = Callable[[list[str] | None], None]


class CacheServer:
    """One server, for all threads of the process: its breaker, and the keys whose values there may be old."""

    def __init__(self) -> None:
        self.breaker = Breaker("cache", failures=1, pause=PAUSE)
        self._lock = threading.Lock()
        self._owed: set[str] = set()

    def failed(self, error: Exception) -> None:
        """Leave the server alone: it has just failed."""
        if self.breaker.state == State.CLOSED:
            logger.warning("the cache server fails (%s: %s); going on without it", type(error).__name__, error)
        self.breaker.failed()

    def owe(self, keys: Iterable[str]) -> None:
        """Note keys whose values at the server may be old, or become old by a command that it carries out late."""
        with self._lock:
            if len(self._owed) <= MOST_OWED:
                self._owed.update(keys)

    def is_reachable(self, remove: Remove) -> bool:
        """Return whether the server may be asked; one caller finds out, when it is time to.

        What is owed is removed before anybody reads. A command that was sent while the server stood still, and is carried
        out when it goes on, comes before the answer to this question, so the removal comes after it.
        """
        if self.breaker.state == State.CLOSED:
            return True
        if not self.breaker.admits():
            return False
        with self._lock:
            owed, self._owed = self._owed, set()
        try:
            remove(list(owed) if len(owed) <= MOST_OWED else None)
        except RedisError:
            self.owe(owed)
            self.breaker.failed()
            return False
        self.breaker.succeeded()
        return True


servers: dict[str, CacheServer] = {}
_lock = threading.Lock()


def server_at(url: str) -> CacheServer:
    """Return what this process knows of the server at an address."""
    with _lock:
        return servers.setdefault(url, CacheServer())
