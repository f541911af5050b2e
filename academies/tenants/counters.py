"""Counters for rate limits: per academy, over a window of time."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

_SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86_400}
MAX_KEYS = 50_000


class LocalCounters:
    """Counters of this process, used while the cache server is down."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: dict[str, tuple[int, float]] = {}

    def add(self, key: str, by: int, seconds: int) -> int:
        with self.lock:
            moment = time.monotonic()
            if len(self.counts) >= MAX_KEYS:
                self._make_room(moment)
            total, ends = self.counts.get(key, (0, moment + seconds))
            self.counts[key] = (total + by, ends)
            return total + by

    def _make_room(self, moment: float) -> None:
        """Drop expired counters, then those that expire first: inventing keys must not reset the other counters."""
        unexpired = sorted(
            ((key, counter) for key, counter in self.counts.items() if counter[1] > moment),
            key=lambda entry: entry[1][1],
        )
        self.counts = dict(unexpired[-MAX_KEYS // 2 :])


local_counters = LocalCounters()


def count(key: str, seconds: int, by: int = 1) -> int:
    """Add to a counter of the current academy that expires after its window. Returns its value.

    An atomic increment. Without the cache server each process counts separately, so there is always a limit.
    """
    shared = getattr(cache, "count", None)
    if shared is not None:
        # While the server is down this process counts itself; the cache has logged the error.
        with suppress(RedisError):
            return int(shared(key, by, seconds * 2))
    return local_counters.add(f"{connection.schema_name}:{key}", by, seconds * 2)


def parse_rates(text: str) -> Iterator[tuple[int, int]]:
    """Parse `5/min,20/h` into pairs of a number and its window in seconds."""
    for rate in filter(None, text.split(",")):
        number, _, unit = rate.strip().partition("/")
        yield int(number), _SECONDS[unit]
