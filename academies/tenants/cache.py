"""Caches that know their academy and survive the loss of the cache server.

A server that doesn't answer within CACHE_TIMEOUT seconds is left alone for some more (cache_server.py): requests go on without
it and don't wait. What should have been written or removed meanwhile is removed as soon as it answers again, before anybody reads.
"""

import functools
import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import connection
from redis.exceptions import ConnectionError, RedisError, TimeoutError

from academies.tenants.cache_server import CacheServer, server_at

logger = logging.getLogger(__name__)

# A counter is told again when it ends, once in so many additions.
_REPEAT_EXPIRY = 8


class ServerAway(ConnectionError):
    """The cache server did not answer a moment ago, and is not asked now."""


def key(key: str, key_prefix: str, version: int) -> str:
    """Return a cache key with the current academy's schema in it: the KEY_FUNCTION of every cache alias."""
    return f"{connection.schema_name}:{key_prefix}:{version}:{key}"


def _forgiving(name: str, otherwise: Any, changes: Callable[..., Iterable[str]] | None = None) -> Callable[..., Any]:
    """Return a method of RedisCache that answers without a server.

    changes: which keys a call was to write, by its arguments; they are removed when the server is back.
    """
    method = getattr(RedisCache, name)

    @functools.wraps(method)
    def call(self: "AcademyCache", *args: Any, **kwargs: Any) -> Any:
        try:
            if self.is_reachable():
                return method(self, *args, **kwargs)
        except (ConnectionError, TimeoutError) as error:
            self.server.failed(error)
        except RedisError:
            logger.exception("cache.%s failed; going on without it", name)
        if changes is not None:
            self.server.owe(self.made_keys(changes(*args, **kwargs), kwargs.get("version")))
        return otherwise(*args, **kwargs) if callable(otherwise) else otherwise

    return call


class _Client(RedisCacheClient):
    """Keeps the clients that Django makes for each call: making one takes as long as asking the server."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._made: dict[int, Any] = {}

    def get_client(self, key: str | None = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)
        made = self._made.get(id(pool))
        if made is None:
            made = self._made[id(pool)] = super().get_client(key, write=write)
        return made


def _first(key: str, *args: Any, **kwargs: Any) -> list[str]:
    return [key]


def _all(*args: Any, **kwargs: Any) -> list[str]:
    return list(args[0] if args else kwargs.get("data") or kwargs.get("keys") or ())


class AcademyCache(RedisCache):
    """Django's Redis cache, except that a lost server costs speed and not the page."""

    def __init__(self, server: str, params: dict[str, Any]):
        super().__init__(server, params)
        self._class = _Client
        # Django makes a cache for each thread; whether the server answers is known to the process.
        self.server: CacheServer = server_at(str(server))

    get = _forgiving("get", lambda key, default=None, version=None: default)
    get_many = _forgiving("get_many", lambda *a, **k: {})
    set = _forgiving("set", None, _first)
    set_many = _forgiving("set_many", lambda *a, **k: [], _all)
    add = _forgiving("add", True, _first)
    delete = _forgiving("delete", False, _first)
    delete_many = _forgiving("delete_many", None, _all)
    touch = _forgiving("touch", False)
    has_key = _forgiving("has_key", False)

    def is_reachable(self) -> bool:
        """Return whether the server may be asked. Where it answers again, what is owed to it is made good first."""
        return self.server.is_reachable(self._remove)

    def made_keys(self, keys: Iterable[str], version: int | None = None) -> list[str]:
        return [self.make_key(key, version) for key in keys]

    def _remove(self, keys: list[str] | None) -> None:
        self._cache.get_client(None, write=True).ping()
        if keys is None:
            self.clear()
        elif keys:
            self._cache.get_client(None, write=True).delete(*keys)

    def count(self, key: str, by: int, seconds: int) -> int:
        """Add to a counter that lives for so long from its first addition. The only method that tells of a lost server:
        raises RedisError."""
        if not self.is_reachable():
            raise ServerAway()
        own = self.make_and_validate_key(key)
        try:
            client = self._cache.get_client(own, write=True)
            total = int(client.incrby(own, by))
            # A transaction of both would cost more than all else here. Whoever died between them is made good for by the next.
            if total == by or total % _REPEAT_EXPIRY < by:
                client.expire(own, seconds, nx=True)
        except (ConnectionError, TimeoutError) as error:
            self.server.failed(error)
            raise
        return total

    def forget(self, schema: str) -> None:
        """Remove everything that one academy keeps here."""
        try:
            client = self._cache.get_client(None, write=True)
            for found in client.scan_iter(match=f"{schema}:*", count=1000):
                client.delete(found)
        except RedisError:
            logger.exception("the cache of %s could not be emptied", schema)


def forget(schema: str) -> None:
    """Remove what an academy keeps in any cache: a later one of that name must not find it."""
    for kept in caches.all(initialized_only=False):
        kept.forget(schema) if isinstance(kept, AcademyCache) else kept.clear()
