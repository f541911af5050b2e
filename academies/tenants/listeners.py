"""Signal receivers: clear the cached registry when an academy or host changes, and update Wagtail's Site."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from academies.tenants import actions, queries
from academies.tenants.models import Academy, Domain


@receiver([post_save, post_delete], sender=Academy)
@receiver([post_save, post_delete], sender=Domain)
def forget(**kwargs: Any) -> None:
    transaction.on_commit(queries.forget)


@receiver(post_save, sender=Domain)
def update_site_hostname(instance: Domain, **kwargs: Any) -> None:
    """Set the academy's Site to its primary host: sitemaps, emails and the pages API use it."""
    if instance.is_primary:
        transaction.on_commit(lambda: actions.move_site(to=instance))
