"""Keep the dates of an event as promised, whoever saves it."""

from typing import Any

from django.db.models.signals import pre_save
from django.dispatch import receiver

from academies.kernel import clock
from catalog.events import actions
from catalog.events.models import EventPage


@receiver(pre_save, sender=EventPage)
def keep_dates(instance: EventPage, update_fields: frozenset[str] | None, raw: bool, **kwargs: Any) -> None:
    # Wagtail saves a page in a transaction, and its dates after it.
    if update_fields is None and instance.pk and not raw:
        actions.keep_dates(page=instance, now=clock.now())
