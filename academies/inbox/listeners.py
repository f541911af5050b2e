"""The events of a deleted academy are deleted with it."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from academies.inbox import actions
from academies.tenants.models import Academy


@receiver(post_delete, sender=Academy, dispatch_uid="inbox.delete_events")
def delete_events(instance: Academy, **_: Any) -> None:
    actions.delete_all(account=instance.schema_name)
