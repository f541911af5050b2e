"""The cache backend: keys per academy, and requests keep working without the cache server.

A server that doesn't answer within CACHE_TIMEOUT seconds isn't asked for some seconds (cache_server.py); requests go on
without it. Keys written or removed in the meantime are removed when it answers again, before anything is read.
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

# Every how many additions a counter's expiry is set again.
_REPEAT_EXPIRY = 8


class ServerAway(ConnectionError):
    """The cache server has just failed and isn't asked now."""


def key(key: str, key_prefix: str, version: int) -> str:
    """Return a cache key with the current academy's schema in it: the KEY_FUNCTION of every cache alias."""
    return f"{connection.schema_name}:{key_prefix}:{version}:{key}"


def _forgiving(name: str, otherwise: Any, changes: Callable[..., Iterable[str]] | None = None) -> Callable[..., Any]:
    """Return a method of RedisCache that works without a server.

    otherwise: the result, or a function that returns it, if the server fails.
    changes: returns the keys that a call writes from its arguments; they are removed when the server is back.
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
            self.server.mark_outdated(self.make_keys(changes(*args, **kwargs), kwargs.get("version")))
        return otherwise(*args, **kwargs) if callable(otherwise) else otherwise

    return call


class _Client(RedisCacheClient):
    """Reuses clients, which Django creates for each call: creating one takes as long as a request to the server."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._clients: dict[int, Any] = {}

    def get_client(self, key: str | None = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)
        client = self._clients.get(id(pool))
        if client is None:
            client = self._clients[id(pool)] = super().get_client(key, write=write)
        return client


def _first(key: str, *args: Any, **kwargs: Any) -> list[str]:
    return [key]


def _all(*args: Any, **kwargs: Any) -> list[str]:
    return list(args[0] if args else kwargs.get("data") or kwargs.get("keys") or ())


class AcademyCache(RedisCache):
    """Django's Redis cache, except that the loss of the server only costs speed."""

    def __init__(self, server: str, params: dict[str, Any]):
        super().__init__(server, params)
        self._class = _Client
        # Django creates a cache per thread; the state of the server is shared by the process.
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
        """Return whether the server may be asked. If it answers again, outdated keys are removed first."""
        return self.server.is_reachable(self._remove)

    def make_keys(self, keys: Iterable[str], version: int | None = None) -> list[str]:
        return [self.make_key(key, version) for key in keys]

    def _remove(self, keys: list[str] | None) -> None:
        self._cache.get_client(None, write=True).ping()
        if keys is None:
            self.clear()
        elif keys:
            self._cache.get_client(None, write=True).delete(*keys)

    def count(self, key: str, by: int, seconds: int) -> int:
        """Add to a counter that expires `seconds` after its first addition.

        The only method that raises RedisError if the server fails.
        """
        if not self.is_reachable():
            raise ServerAway()
        own = self.make_and_validate_key(key)
        try:
            client = self._cache.get_client(own, write=True)
            total = int(client.incrby(own, by))
            # Not in a transaction, which would cost more than the two commands; a missed expiry is set by a later call.
            if total == by or total % _REPEAT_EXPIRY < by:
                client.expire(own, seconds, nx=True)
        except (ConnectionError, TimeoutError) as error:
            self.server.failed(error)
            raise
        return total

    def forget(self, schema: str) -> None:
        """Remove all keys of one academy."""
        try:
            client = self._cache.get_client(None, write=True)
            for name in client.scan_iter(match=f"{schema}:*", count=1000):
                client.delete(name)
        except RedisError:
            logger.exception("the cache of %s could not be emptied", schema)


def forget(schema: str) -> None:
    """Remove all keys of an academy from all caches, so that a later one with the same name doesn't find them."""
    for cache in caches.all(initialized_only=False):
        cache.forget(schema) if isinstance(cache, AcademyCache) else cache.clear()
