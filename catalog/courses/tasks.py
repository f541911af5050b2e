"""Publish and unpublish pages and snippets at the times that editors set."""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from celery import shared_task
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from wagtail.models import DraftStateMixin, Page, Revision

from academies.kernel import clock
from academies.kernel.errors import Refusal
from catalog.offerings import queries as offerings

logger = logging.getLogger(__name__)


@shared_task(name="courses.publish_scheduled")
def publish_scheduled() -> None:
    """Do what Wagtail's command of this name does, one by one: what can't be published keeps nothing else waiting."""
    for thing in _expired():
        if isinstance(thing, Page) and offerings.has_people_ahead(thing, clock.now()):
            continue
        _attempt(thing, partial(thing.unpublish, set_expired=True, log_action="wagtail.unpublish.scheduled"))
    due = Revision.objects.filter(approved_go_live_at__lt=timezone.now())
    for revision in due.order_by("approved_go_live_at", "pk"):
        _attempt(revision, partial(revision.publish, log_action="wagtail.publish.scheduled"))


def _expired() -> Iterator[Any]:
    drafted = (
        model for model in apps.get_models() if issubclass(model, DraftStateMixin) and not issubclass(model, Page)
    )
    for model in (Page, *drafted):
        yield from list(model.objects.filter(live=True, expire_at__lt=timezone.now()).order_by("expire_at"))


def _attempt(thing: Model, act: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        logger.warning(
            "%s %s doesn't go live or off as was set: %s", thing._meta.verbose_name, thing.pk, refusal.message
        )
    except Exception:
        logger.exception("%s %s doesn't go live or off as was set", thing._meta.verbose_name, thing.pk)
