"""The only writer of the inbox."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from academies.inbox import registry
from academies.inbox.models import Event
from academies.tenants import queries as tenants
from academies.tenants.context import here
from academies.tenants.models import Academy

logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(seconds=30)
GIVE_UP_AFTER = 20


@dataclass(frozen=True)
class Fact:
    """A verified fact from outside. account: the schema of the academy whose account it was verified for."""

    source: str
    account: str
    external_id: str
    kind: str
    payload: dict[str, Any]
    occurred_at: datetime | None = None


def receive(*, fact: Fact, now: datetime) -> tuple[Event, bool]:
    """Store a fact once and have it handled after commit. Returns the event, and whether it is new.

    The unique key decides; a repeated delivery finds the first row.
    """
    event, is_new = Event.objects.get_or_create(
        source=fact.source, account=fact.account, external_id=fact.external_id,
        defaults={"kind": fact.kind, "payload": fact.payload, "occurred_at": fact.occurred_at, "received_at": now},
    )  # fmt: skip
    if is_new:
        transaction.on_commit(lambda: _send(event), robust=True)
    return event, is_new


def _send(event: Event) -> None:
    if tenants.academy_in(event.account).status == Academy.Status.MAINTENANCE:
        # Its tables may be half migrated: the sweep handles the event once the academy is open again.
        return
    try:
        current_app.send_task("inbox.handle", args=[str(event.pk)], headers={"academy": event.account})
    except (OperationalError, OSError):
        logger.warning("broker out of reach; the sweep will handle event %s", event.pk)


def handle(*, event_id: str, now: datetime, again: bool = False) -> Event:
    """Handle a stored event inside its academy. Handled events are left alone, unless `again`.

    Handlers tolerate running twice, so two workers on one event are harmless; the row only tells what became of it.
    Raises LookupError when the event belongs to another academy than the current one.
    """
    event = Event.objects.get(pk=event_id)
    if event.account != here():
        raise LookupError(f"event {event_id} belongs to {event.account}, not to {here()}")
    if event.status in (Event.Status.HANDLED, Event.Status.IGNORED) and not again:
        return event
    event.attempts += 1
    try:
        concerned = registry.handler_of(event.source)(event)
    except Exception as error:
        event.status, event.error = Event.Status.FAILED, f"{type(error).__name__}: {error}"[:2000]
        logger.exception("event %s (%s) failed", event.external_id, event.kind)
    else:
        event.status, event.error = (Event.Status.HANDLED if concerned else Event.Status.IGNORED), ""
        event.handled_at = now
    event.save(update_fields=["status", "error", "attempts", "handled_at"])
    return event


def sweep(*, now: datetime) -> int:
    """Handle this academy's events that were stored and not handled. Returns how many."""
    waiting = Event.objects.filter(
        account=here(), status__in=[Event.Status.RECEIVED, Event.Status.FAILED],
        received_at__lt=now - RETRY_AFTER, attempts__lt=GIVE_UP_AFTER,
    )  # fmt: skip
    found = list(waiting.order_by("received_at").values_list("pk", flat=True)[:100])
    for pk in found:
        handle(event_id=str(pk), now=now)
    return len(found)


def forget(*, account: str) -> int:
    """Forget everything that was told to an academy which is no more. Returns how many events that were."""
    gone, _ = Event.objects.filter(account=account).delete()
    return gone
