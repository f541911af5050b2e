"""Fact doors of the registry: a changed academy or host is forgotten everywhere, and Wagtail's site follows its host."""

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
def follow_the_primary_host(instance: Domain, **kwargs: Any) -> None:
    """Keep the one Site of an academy at its primary host: sitemaps, mails and the pages API read it."""
    if instance.is_primary:
        transaction.on_commit(lambda: actions.move_site(to=instance))
