"""Counters of the current academy that live for a window of time: what rate limits count with."""

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
    """Counters of this process, for as long as the cache server is gone."""

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
        """Drop what has ended and, when that isn't enough, what ends first: nobody empties the counters by inventing keys."""
        living = sorted(
            ((key, kept) for key, kept in self.counts.items() if kept[1] > moment), key=lambda one: one[1][1]
        )
        self.counts = dict(living[-MAX_KEYS // 2 :])


local_counters = LocalCounters()


def count(key: str, seconds: int, by: int = 1) -> int:
    """Add to a counter of the current academy that lives for a window of time. Returns its value.

    One atomic increment. Without the cache server each process counts for itself, so a limit is never lost.
    """
    shared = getattr(cache, "count", None)
    if shared is not None:
        # While the server is away this process counts for itself; the cache has written a line about it.
        with suppress(RedisError):
            return int(shared(key, by, seconds * 2))
    return local_counters.add(f"{connection.schema_name}:{key}", by, seconds * 2)


def parse_rates(text: str) -> Iterator[tuple[int, int]]:
    """Read `5/min,20/h` as pairs of a number and the seconds of its window."""
    for rate in filter(None, text.split(",")):
        number, _, unit = rate.strip().partition("/")
        yield int(number), _SECONDS[unit]
