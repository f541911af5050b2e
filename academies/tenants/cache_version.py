"""How fresh an academy's public pages are: one mark, changed whenever something that strangers see has changed.

Answers to strangers are kept under the mark that was read before they were made, so a change makes all of them stale
at once, in every process. A process looks at the shared mark at most five times a second; its own changes it sees at once.

While the cache server is away each process makes a mark of its own at each look, so that nothing is kept for longer than
that. A change that could not write its mark removes the old one when the server is back (academies.tenants.cache).

Some answers change by themselves when a moment comes: a registration closes, an event is over. Whoever reads such rows
says so with `until`, and whoever keeps the answer keeps it no longer.
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
    """The first moment at which what is being made will be wrong by itself; None is never."""

    at: datetime | None = None


_horizon: ContextVar[Expiry | None] = ContextVar("horizon", default=None)


def current(schema: str | None = None) -> str:
    """Return the current mark of this academy, making one when there is none. At most a fifth of a second old.

    schema: this academy's, for callers that know it and are in a hurry.
    """
    schema, moment = schema or connection.schema_name, time.monotonic()  # type: ignore[attr-defined]
    local = _seen.get(schema)
    if local is not None and moment - local[1] < READ_SHARED_EVERY:
        return local[0]
    found = _shared()
    _seen[schema] = (found, moment)
    return found


def local(schema: str) -> str | None:
    """Return the mark that this process looked at a moment ago, or None when it is time to look again. Asks nobody."""
    known = _seen.get(schema)
    return known[0] if known is not None and time.monotonic() - known[1] < READ_SHARED_EVERY else None


def _shared() -> str:
    found = cache.get(_KEY)
    if found is None:
        found = secrets.token_hex(8)
        if not cache.add(_KEY, found, None):
            found = cache.get(_KEY, found)
    return str(found)


def bump() -> None:
    """Make all public answers of this academy stale once the current transaction has committed.

    Call it from every action that changes seats left, prices, or anything else that strangers see.
    """
    transaction.on_commit(_bump, robust=True)


def _bump() -> None:
    cache.set(_KEY, secrets.token_hex(8), None)
    _seen.pop(connection.schema_name, None)  # type: ignore[attr-defined]


def forget() -> None:
    """Make this process look at the shared marks again."""
    _seen.clear()


def expires_at(*moments: datetime | None) -> None:
    """Say that what is being shown changes by itself at these moments. Costs nothing when nobody keeps answers."""
    horizon = _horizon.get()
    if horizon is None:
        return
    for moment in moments:
        if moment is not None and (horizon.at is None or moment < horizon.at):
            horizon.at = moment


@contextmanager
def track() -> Iterator[Expiry]:
    """Collect what `until` is told while an answer is made."""
    horizon = Expiry()
    token = _horizon.set(horizon)
    try:
        yield horizon
    finally:
        _horizon.reset(token)
