"""How fresh an academy's public pages are: one mark, changed whenever something that strangers see has changed.

Answers to strangers are cached under the mark that was read before they were made, so a change makes all of them stale
at once, in every process, and a lost cache server merely means a new mark.
"""

import secrets

from django.core.cache import cache
from django.db import transaction

_KEY = "public-mark"


def mark() -> str:
    """Return the current mark of this academy, making one when there is none."""
    found = cache.get(_KEY)
    if found is None:
        found = secrets.token_hex(8)
        if not cache.add(_KEY, found, None):
            found = cache.get(_KEY, found)
    return found


def touch() -> None:
    """Make all public answers of this academy stale once the current transaction has committed.

    Call it from every action that changes seats left, prices, or anything else that strangers see.
    """
    transaction.on_commit(lambda: cache.set(_KEY, secrets.token_hex(8), None), robust=True)
