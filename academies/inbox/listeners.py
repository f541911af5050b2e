"""Fact doors: what was told to an academy goes with it."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from academies.inbox import actions
from academies.tenants.models import Academy


@receiver(post_delete, sender=Academy, dispatch_uid="inbox.forget")
def forget(instance: Academy, **_: Any) -> None:
    actions.forget(account=instance.schema_name)
