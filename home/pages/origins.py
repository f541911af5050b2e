"""The origins that may call an academy's API from a browser (CORS), from its settings."""

from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_save

from academies.tenants import cache_version
from home.pages.models import Headless

_KEY = "cors-origins"


def origins() -> frozenset[str]:
    """Return the origins that this academy allows; no query once warm."""
    cached = cache.get(_KEY)
    if cached is None:
        setting = Headless.objects.first()
        cached = setting.allowed() if setting else frozenset()
        cache.set(_KEY, cached, 300)
    return cached


def forget(**_: Any) -> None:
    """Clear the cache now and again after commit: until then another process may cache the old row."""
    cache.delete(_KEY)
    transaction.on_commit(lambda: cache.delete(_KEY), robust=True)
    # Cached responses contain the old headers.
    cache_version.bump()


def listen() -> None:
    post_save.connect(forget, sender=Headless, dispatch_uid="cors-origins")
