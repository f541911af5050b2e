"""The only writer of the inbox."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from academies.inbox import registry
from academies.inbox.models import Event
from academies.tenants import broker
from academies.tenants import queries as tenants
from academies.tenants.context import current_schema
from academies.tenants.models import Academy

logger = logging.getLogger(__name__)

# The one who was told to handle it has this long before the sweep does.
RETRY_AFTER = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=4)
# Longer than Stripe itself repeats a delivery, which is three days.
TRIED_FOR = timedelta(days=5)
# What the worker couldn't even try for days, because it was away, is tried at least so often.
_TRIED_AT_LEAST = 12
AT_ONCE = 100
# Providers repeat a delivery for days, not months: what is forgotten can't come a second time.
KEPT = timedelta(days=90)


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
        defaults={
            "kind": fact.kind, "payload": fact.payload, "occurred_at": fact.occurred_at, "received_at": now,
            "next_attempt_at": now + RETRY_AFTER,
        },
    )  # fmt: skip
    if is_new:
        transaction.on_commit(lambda: _send(event), robust=True)
    return event, is_new


def _send(event: Event) -> None:
    if tenants.academy_in(event.account).status == Academy.Status.MAINTENANCE:
        # Its tables may be half migrated: the sweep handles the event once the academy is open again.
        return
    # Where the broker doesn't take it, the sweep handles the event.
    broker.send("inbox.handle", str(event.pk), queue=broker.URGENT, academy=event.account)


def handle(*, event_id: str, now: datetime, again: bool = False) -> Event:
    """Handle a stored event inside its academy. Handled events are left alone, unless `again`.

    Handlers tolerate running twice, so two workers on one event are harmless; the row only tells what became of it.
    A failing handler leaves the event for the sweep, later and later, for days; then it has failed for good.
    Raises LookupError when the event belongs to another academy than the current one.
    """
    event = Event.objects.get(pk=event_id)
    if event.account != current_schema():
        raise LookupError(f"event {event_id} belongs to {event.account}, not to {current_schema()}")
    if event.status in (Event.Status.HANDLED, Event.Status.IGNORED) and not again:
        return event
    event.attempts += 1
    try:
        concerned = registry.handler_of(event.source)(event)
    except Exception as error:
        _postpone(event, error, now=now)
    else:
        event.status, event.error = (Event.Status.HANDLED if concerned else Event.Status.IGNORED), ""
        event.handled_at, event.next_attempt_at, event.waits_for_source = now, None, False
        _wake_others(event, now=now)
    event.save(update_fields=["status", "error", "attempts", "handled_at", "next_attempt_at", "waits_for_source"])
    return event


def _postpone(event: Event, error: Exception, *, now: datetime) -> None:
    """Set when a failed event is tried again, or that it has failed for good."""
    event.error = f"{type(error).__name__}: {error}"[:2000]
    event.waits_for_source = isinstance(error, registry.SourceUnavailable)
    if event.received_at < now - TRIED_FOR and event.attempts >= _TRIED_AT_LEAST:
        event.status, event.next_attempt_at = Event.Status.FAILED, None
        logger.error("event %s (%s) has failed for good: %s", event.external_id, event.kind, event.error)
        return
    wait = min(RETRY_AFTER * 2 ** min(event.attempts - 1, 12), _LONGEST_WAIT)
    event.status, event.next_attempt_at = Event.Status.RETRYING, now + wait
    if event.waits_for_source:
        logger.warning("event %s (%s) has to wait: %s", event.external_id, event.kind, event.error)
    else:
        logger.error("event %s (%s) failed", event.external_id, event.kind, exc_info=error)


def _wake_others(event: Event, *, now: datetime) -> None:
    """Make due what waits for the source that has just answered. The next sweep handles it."""
    Event.objects.filter(
        account=event.account, source=event.source, waits_for_source=True, next_attempt_at__gt=now
    ).update(next_attempt_at=now)


def sweep(*, now: datetime) -> int:
    """Handle this academy's events that are due, the longest waiting first. Returns how many were tried.

    The first that finds its source away ends the round: the others would find the same. As long as some wait for their
    source, one of them is tried in each round whether it is due or not, so that none waits longer than a round after it
    is back.
    """
    mine = Event.objects.filter(account=current_schema())
    is_due = Q(next_attempt_at__lte=now) | _left_by_the_last_version(now)
    oldest = F("next_attempt_at").asc(nulls_first=True)
    due = list(mine.filter(is_due).order_by(oldest).values_list("pk", flat=True)[:AT_ONCE])
    if not due:
        due = list(mine.filter(waits_for_source=True).order_by("next_attempt_at").values_list("pk", flat=True)[:1])
    for tried, pk in enumerate(due, start=1):
        if handle(event_id=str(pk), now=now).waits_for_source:
            return tried
    return len(due)


def _left_by_the_last_version(now: datetime) -> Q:
    """What processes of 0.1.0 stored or tried while they were being replaced: they set no time for the next attempt.

    Ours always do, until an event has failed for good, and that takes longer.
    """
    return Q(
        next_attempt_at=None,
        status__in=[Event.Status.RECEIVED, Event.Status.FAILED],
        received_at__gt=now - TRIED_FOR,
        received_at__lt=now - RETRY_AFTER,
    )


def prune(*, now: datetime) -> int:
    """Forget this academy's handled events after three months. What failed for good stays until somebody handles it."""
    gone, _ = Event.objects.filter(
        account=current_schema(), status__in=[Event.Status.HANDLED, Event.Status.IGNORED], received_at__lt=now - KEPT
    ).delete()
    return gone


def forget(*, account: str) -> int:
    """Forget everything that was told to an academy which is no more. Returns how many events that were."""
    gone, _ = Event.objects.filter(account=account).delete()
    return gone
