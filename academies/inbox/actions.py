"""The only writer of the inbox."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from academies.inbox import registry
from academies.inbox.models import WebhookEvent
from academies.tenants import broker
from academies.tenants import queries as tenants
from academies.tenants.context import current_schema
from academies.tenants.models import Academy

logger = logging.getLogger(__name__)

# The task has this long to handle an event before the sweep does.
RETRY_AFTER = timedelta(seconds=30)
_MAX_WAIT = timedelta(hours=4)
# Longer than Stripe itself repeats a delivery, which is three days.
RETRY_FOR = timedelta(days=5)
# An event that the worker couldn't try for days, because it was down, is tried at least this often.
_MIN_ATTEMPTS = 12
MAX_AT_ONCE = 100
# Providers repeat a delivery for days, not months: a deleted event can't come a second time.
KEEP_FOR = timedelta(days=90)


@dataclass(frozen=True)
class ParsedWebhook:
    """A verified event. account: the schema of the academy whose account it was verified for."""

    source: str
    account: str
    external_id: str
    kind: str
    payload: dict[str, Any]
    occurred_at: datetime | None = None


def receive(*, webhook: ParsedWebhook, now: datetime) -> tuple[WebhookEvent, bool]:
    """Store an event once and have it handled after commit. Returns the event, and whether it is new.

    The unique key decides; a repeated delivery finds the first row.
    """
    event, is_new = WebhookEvent.objects.get_or_create(
        source=webhook.source, account=webhook.account, external_id=webhook.external_id,
        defaults={
            "kind": webhook.kind, "payload": webhook.payload, "occurred_at": webhook.occurred_at, "received_at": now,
            "next_attempt_at": now + RETRY_AFTER,
        },
    )  # fmt: skip
    if is_new:
        transaction.on_commit(lambda: _send(event), robust=True)
    return event, is_new


def _send(event: WebhookEvent) -> None:
    if tenants.academy_in(event.account).status == Academy.Status.MAINTENANCE:
        # Its tables may be half migrated: the sweep handles the event once the academy is open again.
        return
    # If the broker can't be reached, the sweep handles the event.
    broker.send("inbox.handle", str(event.pk), queue=broker.URGENT, academy=event.account)


def handle(*, event_id: str, now: datetime, again: bool = False) -> WebhookEvent:
    """Handle a stored event inside its academy. Handled events are left alone, unless `again`.

    Handlers are safe to repeat, so two workers on one event are harmless; the row only shows the result.
    An event whose handler fails is left for the sweep, with growing pauses, for days; then it has failed permanently.
    Raises LookupError when the event belongs to another academy than the current one.
    """
    event = WebhookEvent.objects.get(pk=event_id)
    if event.account != current_schema():
        raise LookupError(f"event {event_id} belongs to {event.account}, not to {current_schema()}")
    if event.status in (WebhookEvent.Status.HANDLED, WebhookEvent.Status.IGNORED) and not again:
        return event
    event.attempts += 1
    try:
        is_ours = registry.handler_of(event.source)(event)
    except Exception as error:
        _postpone(event, error, now=now)
    else:
        event.status, event.error = (WebhookEvent.Status.HANDLED if is_ours else WebhookEvent.Status.IGNORED), ""
        event.handled_at, event.next_attempt_at, event.waits_for_source = now, None, False
        _make_others_due(event, now=now)
    event.save(update_fields=["status", "error", "attempts", "handled_at", "next_attempt_at", "waits_for_source"])
    return event


def _postpone(event: WebhookEvent, error: Exception, *, now: datetime) -> None:
    """Set when a failed event is tried again, or that it has failed permanently."""
    event.error = f"{type(error).__name__}: {error}"[:2000]
    event.waits_for_source = isinstance(error, registry.SourceUnavailable)
    if event.received_at < now - RETRY_FOR and event.attempts >= _MIN_ATTEMPTS:
        event.status, event.next_attempt_at = WebhookEvent.Status.FAILED, None
        logger.error("event %s (%s) has failed permanently: %s", event.external_id, event.kind, event.error)
        return
    wait = min(RETRY_AFTER * 2 ** min(event.attempts - 1, 12), _MAX_WAIT)
    event.status, event.next_attempt_at = WebhookEvent.Status.RETRYING, now + wait
    if event.waits_for_source:
        logger.warning("event %s (%s) has to wait: %s", event.external_id, event.kind, event.error)
    else:
        logger.error("event %s (%s) failed", event.external_id, event.kind, exc_info=error)


def _make_others_due(event: WebhookEvent, *, now: datetime) -> None:
    """Make the events due that wait for the source that has just answered. The next sweep handles them."""
    WebhookEvent.objects.filter(
        account=event.account, source=event.source, waits_for_source=True, next_attempt_at__gt=now
    ).update(next_attempt_at=now)


def sweep(*, now: datetime) -> int:
    """Handle this academy's events that are due, the longest waiting first. Returns how many were tried.

    The first one whose source can't be reached ends the round: the others would fail as well. As long as some wait for
    their source, one of them is tried in each round whether it is due or not, so that none waits longer than a round
    after the source is back.
    """
    events = WebhookEvent.objects.filter(account=current_schema())
    is_due = Q(next_attempt_at__lte=now) | _stored_by_0_1_0(now)
    oldest = F("next_attempt_at").asc(nulls_first=True)
    due = list(events.filter(is_due).order_by(oldest).values_list("pk", flat=True)[:MAX_AT_ONCE])
    if not due:
        due = list(events.filter(waits_for_source=True).order_by("next_attempt_at").values_list("pk", flat=True)[:1])
    for tried, pk in enumerate(due, start=1):
        if handle(event_id=str(pk), now=now).waits_for_source:
            return tried
    return len(due)


def _stored_by_0_1_0(now: datetime) -> Q:
    """Match events that processes of 0.1.0 stored or tried while they were being replaced: without a next attempt.

    Later versions always set one, until an event has failed permanently, and that takes longer.
    """
    return Q(
        next_attempt_at=None,
        status__in=[WebhookEvent.Status.RECEIVED, WebhookEvent.Status.FAILED],
        received_at__gt=now - RETRY_FOR,
        received_at__lt=now - RETRY_AFTER,
    )


def prune(*, now: datetime) -> int:
    """Delete this academy's handled events after three months. Permanently failed ones stay until somebody handles them."""
    count, _ = WebhookEvent.objects.filter(
        account=current_schema(),
        status__in=[WebhookEvent.Status.HANDLED, WebhookEvent.Status.IGNORED],
        received_at__lt=now - KEEP_FOR,
    ).delete()
    return count


def delete_all(*, account: str) -> int:
    """Delete all events of a deleted academy. Returns how many."""
    count, _ = WebhookEvent.objects.filter(account=account).delete()
    return count
