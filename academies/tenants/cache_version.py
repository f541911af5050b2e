"""The cache version of an academy's public pages, which changes whenever public content changes.

Responses to anonymous visitors are cached under the version read before they were rendered, so a change makes all of them
stale at once, in every process. A process reads the shared version at most five times a second, and its own changes at
once.

While the cache server is down, each process uses a new version of its own at each read, so that nothing is cached for
longer. If a change can't write its version, the old one is removed when the server is back (academies.tenants.cache).

Some responses become stale with time: a registration closes, an event ends. Code that reads such rows calls
`expires_at`, and the response is cached until then.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db import connection, transaction

READ_SHARED_EVERY = 0.2
_KEY = "public-mark"
_seen: dict[str, tuple[str, float]] = {}


@dataclass
class Expiry:
    """When the response being rendered becomes stale by time; None is never."""

    at: datetime | None = None


_expiry: ContextVar[Expiry | None] = ContextVar("expiry", default=None)


def current(schema: str | None = None) -> str:
    """Return the version of this academy, creating one if there is none. At most READ_SHARED_EVERY seconds old.

    schema: this academy's, to save a look-up.
    """
    schema, moment = schema or connection.schema_name, time.monotonic()  # type: ignore[attr-defined]
    local = _seen.get(schema)
    if local is not None and moment - local[1] < READ_SHARED_EVERY:
        return local[0]
    version = _shared()
    _seen[schema] = (version, moment)
    return version


def local(schema: str) -> str | None:
    """Return the version this process has read, or None if it is too old. Makes no request."""
    known = _seen.get(schema)
    return known[0] if known is not None and time.monotonic() - known[1] < READ_SHARED_EVERY else None


def _shared() -> str:
    version = cache.get(_KEY)
    if version is None:
        version = secrets.token_hex(8)
        if not cache.add(_KEY, version, None):
            version = cache.get(_KEY, version)
    return str(version)


def bump() -> None:
    """Make all cached public responses of this academy stale after the current transaction commits.

    Call it from every action that changes free seats, prices or other public content.
    """
    transaction.on_commit(bump_now, robust=True)


def bump_now() -> None:
    cache.set(_KEY, secrets.token_hex(8), None)
    _seen.pop(connection.schema_name, None)  # type: ignore[attr-defined]


def forget() -> None:
    """Make this process read the shared versions again."""
    _seen.clear()


def expires_at(*times: datetime | None) -> None:
    """Limit the caching of the current response to the first of these times. Does nothing outside `track`."""
    expiry = _expiry.get()
    if expiry is None:
        return
    for moment in times:
        if moment is not None and (expiry.at is None or moment < expiry.at):
            expiry.at = moment


@contextmanager
def track() -> Iterator[Expiry]:
    """Collect the calls of `expires_at` while a response is rendered."""
    expiry = Expiry()
    token = _expiry.set(expiry)
    try:
        yield expiry
    finally:
        _expiry.reset(token)
