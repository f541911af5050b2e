"""The web sites that may call an academy's API from a browser, as its settings name them."""

from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_save

from academies.tenants import cache_version
from home.pages.models import Headless

_KEY = "cors-origins"


def origins() -> frozenset[str]:
    """Return the origins that this academy lets in; no query once warm."""
    kept = cache.get(_KEY)
    if kept is None:
        setting = Headless.objects.first()
        kept = setting.allowed() if setting else frozenset()
        cache.set(_KEY, kept, 300)
    return kept


def forget(**_: Any) -> None:
    """Now for this transaction, and once more after it: until then another process reads the old row and keeps it."""
    cache.delete(_KEY)
    transaction.on_commit(lambda: cache.delete(_KEY), robust=True)
    # Answers that were kept carry the headers of their time.
    cache_version.bump()


def listen() -> None:
    post_save.connect(forget, sender=Headless, dispatch_uid="cors-origins")
