"""Fact doors of this room: added seats go to those who wait, a cancelled date ends its registrations."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver
from wagtail.signals import page_published

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.outbox.registry import handler, listener
from catalog.offerings.facts import DateCancelled
from catalog.offerings.models import Offering
from commerce.enrolments import actions, permissions, queries  # noqa: F401


@receiver(page_published)
def promote_after_publishing(instance: Any, **kwargs: Any) -> None:
    for offering_id in queries.waited_for(instance):
        outbox.later("enrolments.promote", payload={"offering_id": str(offering_id)})


@listener(DateCancelled)
def end_registrations(fact: DateCancelled) -> None:
    actions.end_registrations(offering_id=fact.offering_id, words=fact.words, now=clock.now())


@handler("enrolments.promote")
def promote(offering_id: str) -> None:
    offering = Offering.objects.filter(pk=UUID(offering_id)).first()
    if offering is not None:
        actions.promote(offering=offering, now=clock.now())
