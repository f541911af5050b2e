"""Where entries are: in this process, and in the cache server behind it, so that a new worker starts warm."""

import threading
from collections import OrderedDict
from hashlib import blake2b
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings
from django.core.cache import cache

from lyceum.page_cache.policy import Key

# Of the process: all academies together, and the share of one for pages and for answers to queries.
PROCESS_BYTES = 32_000_000
SHARES = {False: 8_000_000, True: 2_000_000}
# Of the cache server: how many places an academy has. A place holds the last entry that was put there.
PLACES = {False: 2048, True: 256}
# What the headers and the key of an entry take besides its body, about.
_OVERHEAD = 2000

Headers = dict[str, tuple[str, str]]
# The academy, and whether a query was asked.
Group = tuple[str, bool]
Thing = TypeVar("Thing", bound="Sized")


class Sized(Protocol):
    body: bytes


class Entry:
    """One response. headers: as Django stores them, by their small name.  until: seconds since the epoch.

    mark: the academy's when it was made.  pause_until: how long it is served, once stale, before the database is asked
    again; seconds since the epoch, in this process only.
    """

    __slots__ = ("body", "etag", "headers", "mark", "pause_until", "until")

    def __init__(self, body: bytes, etag: str, headers: Headers, until: float, mark: str):
        self.body, self.etag, self.headers, self.until, self.mark = body, etag, headers, until, mark
        self.pause_until = 0.0


class Shelf(Generic[Thing]):
    """A bounded number of bytes; what was least used is thrown away first. Threads may share it."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, 0
        self.things: OrderedDict[Key, Thing] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: Key) -> Thing | None:
        thing = self.things.get(key)
        if thing is not None:
            try:
                self.things.move_to_end(key)
            except KeyError:
                # Another thread has just thrown it away.
                return thing
        return thing

    def put(self, key: Key, thing: Thing) -> None:
        with self.lock:
            self._drop(key)
            self.things[key] = thing
            self.held += len(thing.body) + _OVERHEAD
            while self.held > self.most and self.things:
                self._drop(next(iter(self.things)))

    def drop(self, key: Key) -> None:
        with self.lock:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        thing = self.things.pop(key, None)
        if thing is not None:
            self.held -= len(thing.body) + _OVERHEAD


class Shelves(Generic[Thing]):
    """A shelf for each group, bounded together: the shelf that was filled least recently goes first."""

    def __init__(self, most: int = PROCESS_BYTES) -> None:
        self.most = most
        self.shelves: OrderedDict[Group, Shelf[Thing]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, group: Group, key: Key) -> Thing | None:
        shelf = self.shelves.get(group)
        return None if shelf is None else shelf.get(key)

    def put(self, group: Group, key: Key, thing: Thing) -> None:
        with self.lock:
            shelf = self.shelves.get(group)
            if shelf is None:
                shelf = self.shelves[group] = Shelf(SHARES[group[1]])
            self.shelves.move_to_end(group)
            shelf.put(key, thing)
            while len(self.shelves) > 1 and sum(one.held for one in self.shelves.values()) > self.most:
                self.shelves.popitem(last=False)

    def drop(self, group: Group, key: Key) -> None:
        shelf = self.shelves.get(group)
        if shelf is not None:
            shelf.drop(key)

    def clear(self) -> None:
        with self.lock:
            self.shelves.clear()


_process: Shelves[Entry] = Shelves()


def group_of(key: Key) -> Group:
    return key[0], bool(key[2])


def find(key: Key, mark: str, now: float) -> Entry | None:
    """Return the entry of a key that was made under this mark: a valid one, or the expired one where there is no better."""
    group = group_of(key)
    entry = _process.get(group, key)
    if entry is not None and entry.mark != mark:
        _process.drop(group, key)
        entry = None
    if entry is not None and (entry.until > now or entry.pause_until > now):
        return entry
    shared = _shared(key, mark)
    if shared is None or (entry is not None and shared.until <= entry.until):
        return entry
    _process.put(group, key, shared)
    return shared


def keep(key: Key, entry: Entry, seconds: int) -> None:
    """Put an entry where it is found again. seconds: until it expires."""
    _process.put(group_of(key), key, entry)
    told = (key, entry.body, entry.etag, entry.headers, entry.until, entry.mark)
    cache.set(_place(key), told, max(1, seconds) + settings.PAGE_CACHE_STALE_SECONDS)


def _shared(key: Key, mark: str) -> Entry | None:
    told: Any = cache.get(_place(key))
    # A place may hold another key's entry.
    if told is None or told[0] != key or told[5] != mark:
        return None
    return Entry(*told[1:])


def _place(key: Key) -> str:
    digest = blake2b("\n".join(key).encode(errors="surrogateescape"), digest_size=8).digest()
    is_query = bool(key[2])
    return f"page:{int(is_query)}:{int.from_bytes(digest) % PLACES[is_query]}"


def forget() -> None:
    """Empty the store of this process, for tests."""
    _process.clear()
