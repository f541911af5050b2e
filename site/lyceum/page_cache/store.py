"""Where entries are: in this process, and in the cache server behind it, so that a new worker starts warm."""

import threading
from collections import OrderedDict
from hashlib import blake2b
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings
from django.core.cache import cache

from lyceum.page_cache.policy import Key

# Of the process: all academies together, and the share of one for pages and for responses to queries.
PROCESS_BYTES = 32_000_000
SHARES = {False: 8_000_000, True: 2_000_000}
# Of the cache server: how many slots an academy has. A slot holds the last entry that was put there.
SLOTS = {False: 2048, True: 256}
# What the headers and the key of an entry take besides its body, about.
_OVERHEAD = 2000

Headers = dict[str, tuple[str, str]]
# The academy, and whether a query was asked.
Group = tuple[str, bool]
Item = TypeVar("Item", bound="Sized")


class Sized(Protocol):
    body: bytes


class Entry:
    """One response. headers: as Django stores them, by their lower-case name.  expires_at: seconds since the epoch.

    version: the academy's when it was made (academies.tenants.cache_version).
    paused_until: how long it is served, once stale, before the database is asked again; in this process only.
    """

    __slots__ = ("body", "etag", "expires_at", "headers", "paused_until", "version")

    def __init__(self, body: bytes, etag: str, headers: Headers, expires_at: float, version: str):
        self.body, self.etag, self.headers, self.expires_at, self.version = body, etag, headers, expires_at, version
        self.paused_until = 0.0


class Partition(Generic[Item]):
    """A bounded number of bytes; what was used least recently is dropped first. Threads may share it."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, 0
        self.items: OrderedDict[Key, Item] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: Key) -> Item | None:
        item = self.items.get(key)
        if item is not None:
            try:
                self.items.move_to_end(key)
            except KeyError:
                # Another thread has just dropped it.
                return item
        return item

    def put(self, key: Key, item: Item) -> None:
        with self.lock:
            self._drop(key)
            self.items[key] = item
            self.held += len(item.body) + _OVERHEAD
            while self.held > self.most and self.items:
                self._drop(next(iter(self.items)))

    def drop(self, key: Key) -> None:
        with self.lock:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        item = self.items.pop(key, None)
        if item is not None:
            self.held -= len(item.body) + _OVERHEAD


class PartitionedStore(Generic[Item]):
    """A partition for each group, bounded together: the partition that was filled least recently goes first."""

    def __init__(self, most: int = PROCESS_BYTES) -> None:
        self.most = most
        self.partitions: OrderedDict[Group, Partition[Item]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, group: Group, key: Key) -> Item | None:
        partition = self.partitions.get(group)
        return None if partition is None else partition.get(key)

    def put(self, group: Group, key: Key, item: Item) -> None:
        with self.lock:
            partition = self.partitions.get(group)
            if partition is None:
                partition = self.partitions[group] = Partition(SHARES[group[1]])
            self.partitions.move_to_end(group)
            partition.put(key, item)
            while (
                len(self.partitions) > 1 and sum(partition.held for partition in self.partitions.values()) > self.most
            ):
                self.partitions.popitem(last=False)

    def drop(self, group: Group, key: Key) -> None:
        partition = self.partitions.get(group)
        if partition is not None:
            partition.drop(key)

    def clear(self) -> None:
        with self.lock:
            self.partitions.clear()


_process: PartitionedStore[Entry] = PartitionedStore()


def group_of(key: Key) -> Group:
    return key[0], bool(key[2])


def get(key: Key, version: str, now: float) -> Entry | None:
    """Return the entry of a key that was made under this version: a valid one, or the expired one where there is no better."""
    group = group_of(key)
    entry = _process.get(group, key)
    if entry is not None and entry.version != version:
        _process.drop(group, key)
        entry = None
    if entry is not None and (entry.expires_at > now or entry.paused_until > now):
        return entry
    shared = _shared(key, version)
    if shared is None or (entry is not None and shared.expires_at <= entry.expires_at):
        return entry
    _process.put(group, key, shared)
    return shared


def put(key: Key, entry: Entry, seconds: int) -> None:
    """Put an entry where it is found again. seconds: until it expires."""
    _process.put(group_of(key), key, entry)
    stored = (key, entry.body, entry.etag, entry.headers, entry.expires_at, entry.version)
    cache.set(_slot(key), stored, max(1, seconds) + settings.PAGE_CACHE_STALE_SECONDS)


def _shared(key: Key, version: str) -> Entry | None:
    stored: Any = cache.get(_slot(key))
    # A slot may hold another key's entry.
    if stored is None or stored[0] != key or stored[5] != version:
        return None
    return Entry(*stored[1:])


def _slot(key: Key) -> str:
    digest = blake2b("\n".join(key).encode(errors="surrogateescape"), digest_size=8).digest()
    is_query = bool(key[2])
    return f"page:{int(is_query)}:{int.from_bytes(digest) % SLOTS[is_query]}"


def forget() -> None:
    """Empty the store of this process, for tests."""
    _process.clear()
