"""What makes kept pages stale: one receiver for everything that visitors see, whichever app it lives in.

A model says `on_public_pages = True`; an app names in `public_models` of its AppConfig those that another package brings.
Pages need neither. Actions that change seats left or prices by `update()` bump the version themselves: no signal tells.
"""

from contextlib import suppress
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from academies.tenants import cache_version
from academies.tenants.context import run_in
from academies.tenants.models import Academy, Domain


@cache
def public_models() -> frozenset[type[Model]]:
    """Return every model whose rows visitors see, pages left out."""
    own = {model for model in apps.get_models() if getattr(model, "on_public_pages", False)}
    named = {
        apps.get_model(label) for config in apps.get_app_configs() for label in getattr(config, "public_models", ())
    }
    return frozenset(own | named)


def listen() -> None:
    for signal in (post_save, post_delete):
        signal.connect(_row_changed, dispatch_uid=f"page-cache-{id(signal)}")
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(_page_changed, dispatch_uid=f"page-cache-{id(signal)}")
    for model in public_models():
        for field in model._meta.many_to_many:
            through = getattr(model, field.name).through
            m2m_changed.connect(_page_changed, sender=through, dispatch_uid=f"page-cache-{through.__name__}")


def _row_changed(instance: Any, update_fields: Any = None, **kwargs: Any) -> None:
    if isinstance(instance, tuple(public_models())):
        cache_version.bump()
    elif isinstance(instance, Page):
        # Saving a draft names the fields it writes; nobody but editors sees them.
        if update_fields is None:
            cache_version.bump()
    elif isinstance(instance, Academy | Domain):
        _bump_academy(instance if isinstance(instance, Academy) else instance.tenant)


def _page_changed(**kwargs: Any) -> None:
    cache_version.bump()


def _bump_academy(academy: Academy) -> None:
    # One that is being deleted has no pages left.
    with suppress(Academy.DoesNotExist):
        if academy.status == Academy.Status.LIVE:
            run_in(academy.schema_name, cache_version.bump)
