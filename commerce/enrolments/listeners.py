"""Reactions to events: seats added by editors, cancelled dates and moved dates."""

from typing import Any, cast
from uuid import UUID

from django.dispatch import receiver
from wagtail.models import Revision
from wagtail.signals import page_published

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.outbox.registry import handler, listener
from catalog.events.facts import DateMoved
from catalog.events.models import EventPage
from catalog.offerings.facts import DateCancelled
from catalog.offerings.models import Offering
from commerce.enrolments import actions, permissions, queries  # noqa: F401


@receiver(page_published)
def promote_after_publishing(instance: Any, **kwargs: Any) -> None:
    for offering_id in queries.waitlisted_offering_ids(instance):
        outbox.later("enrolments.promote", payload={"offering_id": str(offering_id)})


@receiver(page_published, sender=EventPage)
def notify_author_of_kept_dates(instance: EventPage, revision: Revision | None = None, **kwargs: Any) -> None:
    if revision is None:
        return
    draft = cast(EventPage, revision.as_object())
    actions.notify_author_of_kept_dates(page=instance, draft=draft, revision=revision, now=clock.now())


@listener(DateCancelled)
def end_registrations(fact: DateCancelled) -> None:
    actions.end_registrations(offering_id=fact.offering_id, message=fact.words, now=clock.now())


@listener(DateMoved)
def notify_of_move(fact: DateMoved) -> None:
    actions.notify_of_move(fact=fact, now=clock.now())


@handler("enrolments.promote")
def promote_from_waiting_list(offering_id: str) -> None:
    offering = Offering.objects.filter(pk=UUID(offering_id)).first()
    if offering is not None:
        actions.promote_from_waiting_list(offering=offering, now=clock.now())
