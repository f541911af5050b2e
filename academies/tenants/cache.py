"""Caches that know their academy and survive the loss of the cache server."""

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import connection
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def key(key: str, key_prefix: str, version: int) -> str:
    """Return a cache key with the current academy's schema in it: the KEY_FUNCTION of every cache alias."""
    return f"{connection.schema_name}:{key_prefix}:{version}:{key}"


def _forgiving(name: str, otherwise: Any) -> Callable[..., Any]:
    method = getattr(RedisCache, name)

    @functools.wraps(method)
    def call(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except RedisError:
            logger.exception("cache.%s failed; going on without it", name)
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


class AcademyCache(RedisCache):
    """Django's Redis cache, except that a lost server costs speed and not the page."""

    def __init__(self, server: str, params: dict[str, Any]):
        super().__init__(server, params)
        self._class = _Client

    get = _forgiving("get", lambda key, default=None, version=None: default)
    get_many = _forgiving("get_many", lambda *a, **k: {})
    set = _forgiving("set", None)
    set_many = _forgiving("set_many", lambda *a, **k: [])
    add = _forgiving("add", True)
    delete = _forgiving("delete", False)
    delete_many = _forgiving("delete_many", None)
    touch = _forgiving("touch", False)
    has_key = _forgiving("has_key", False)

    def count(self, key: str, by: int, seconds: int) -> int:
        """Add to a counter that lives for so long from its first addition. One step, and the only one that tells of a lost
        server: raises RedisError."""
        own = self.make_and_validate_key(key)
        client = self._cache.get_client(own, write=True)
        total: int = client.incrby(own, by)
        if total == by:
            client.expire(own, seconds)
        return total

    def forget(self, schema: str) -> None:
        """Remove everything that one academy keeps here."""
        client = self._cache.get_client(None, write=True)
        try:
            for found in client.scan_iter(match=f"{schema}:*", count=1000):
                client.delete(found)
        except RedisError:
            logger.exception("the cache of %s could not be emptied", schema)


def forget(schema: str) -> None:
    """Remove what an academy keeps in any cache: a later one of that name must not find it."""
    for kept in caches.all(initialized_only=False):
        kept.forget(schema) if isinstance(kept, AcademyCache) else kept.clear()
