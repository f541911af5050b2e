"""The state of the cache server in this process: whether it may be asked, and which of its keys are outdated."""

import logging
import threading
from collections.abc import Callable, Iterable

from redis.exceptions import RedisError

from academies.kernel.breaker import Breaker, State

logger = logging.getLogger(__name__)

# Seconds that a failed server isn't asked. Then one request of the process tries again, within the usual timeout.
PAUSE = 3.0
# The most keys to remember; beyond that the whole cache is cleared.
MOST_OUTDATED = 10_000

# Removes keys, or everything for None. Raises RedisError if the server fails.
Remove = Callable[[list[str] | None], None]


class CacheServer:
    """One server, shared by all threads of the process: its breaker and the keys that may be outdated there."""

    def __init__(self) -> None:
        self.breaker = Breaker("cache", failures=1, pause=PAUSE)
        self._lock = threading.Lock()
        self._outdated: set[str] = set()

    def failed(self, error: Exception) -> None:
        """Report that a request to the server has failed."""
        if self.breaker.state == State.CLOSED:
            logger.warning("the cache server fails (%s: %s); going on without it", type(error).__name__, error)
        self.breaker.failed()

    def mark_outdated(self, keys: Iterable[str]) -> None:
        """Remember keys whose values at the server may be outdated, or become so by a command it executes late."""
        with self._lock:
            if len(self._outdated) <= MOST_OUTDATED:
                self._outdated.update(keys)

    def is_reachable(self, remove: Remove) -> bool:
        """Return whether the server may be asked; after the pause, one caller probes it.

        Outdated keys are removed before anything is read. Commands sent while the server was frozen are executed before it
        answers the probe, so the removal comes after them.
        """
        if self.breaker.state == State.CLOSED:
            return True
        if not self.breaker.admits():
            return False
        with self._lock:
            keys, self._outdated = self._outdated, set()
        try:
            remove(list(keys) if len(keys) <= MOST_OUTDATED else None)
        except RedisError:
            self.mark_outdated(keys)
            self.breaker.failed()
            return False
        self.breaker.succeeded()
        return True


servers: dict[str, CacheServer] = {}
_lock = threading.Lock()


def server_at(url: str) -> CacheServer:
    """Return the state of the server at a URL, one object per process."""
    with _lock:
        return servers.setdefault(url, CacheServer())
