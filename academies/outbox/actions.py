"""Defer work and publish events. A message is written in the caller's transaction and sent to the broker after commit."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from academies.kernel import clock
from academies.outbox import registry
from academies.outbox.models import Message
from academies.tenants import broker

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)
_LONGEST_WAIT = timedelta(hours=1)


def later(
    name: str, /, *, key: str | None = None, due_at: datetime | None = None, payload: Mapping[str, Any] | None = None
) -> Message | None:
    """Defer work until after commit.

    name: a handler registered with `registry.handler`.  key: if there is a message with this key, nothing is stored and
    None is returned.  payload: JSON; ids, not objects.  The handler may run more than once.
    """
    moment = clock.now()
    try:
        with transaction.atomic():
            message = Message.objects.create(
                name=name, key=key, payload=dict(payload or {}), created_at=moment, due_at=due_at or moment
            )
    except IntegrityError:
        if key is None:
            raise
        return None
    if message.due_at <= moment:
        transaction.on_commit(lambda: _send(message), robust=True)
    return message


def publish(fact: Any, /, *, key: str | None = None) -> Message | None:
    """Publish a fact (a frozen dataclass from an app's facts.py) to its listeners, after commit."""
    return later(registry.fact_name(type(fact)), key=key, payload=registry.as_payload(fact))


def _send(message: Message) -> None:
    # The sweep delivers what the broker doesn't accept.
    queue = broker.URGENT if registry.is_urgent(message.name) else broker.DEFAULT
    broker.send("outbox.deliver", str(message.pk), queue=queue)


def deliver(*, message_id: str, now: datetime) -> bool:
    """Run a message's handlers, unless it is delivered or another worker holds its lease. Returns whether it ran.

    No transaction is open while a handler runs: handlers open their own and may call providers outside them.
    If a handler fails, the sweep retries the message at growing intervals of up to an hour.
    """
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(Q(leased_until=None) | Q(leased_until__lt=now), pk=message_id, delivered_at=None, due_at__lte=now)
            .first()
        )
        if message is None:
            return False
        message.leased_until, message.attempts = now + LEASE, message.attempts + 1
        message.save(update_fields=["leased_until", "attempts"])
    try:
        registry.run(message.name, message.payload)
    except Exception as error:
        # Capped at the twelfth doubling, already more than an hour: a larger exponent would overflow timedelta.
        wait = min(timedelta(seconds=2 ** min(message.attempts, 12)), _LONGEST_WAIT)
        Message.objects.filter(pk=message.pk).update(
            leased_until=None, due_at=now + wait, error=f"{type(error).__name__}: {error}"[:2000]
        )
        logger.exception("outbox message %s (%s) failed", message.pk, message.name)
        return True
    Message.objects.filter(pk=message.pk).update(delivered_at=clock.now(), leased_until=None, error="")
    return True


def sweep(*, now: datetime, limit: int = 200) -> int:
    """Deliver due messages that are still undelivered. Returns how many ran.

    Each lease starts when its message is taken, because earlier messages may have run for longer than a lease.
    """
    due = Message.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), delivered_at=None, due_at__lte=now)
    began = clock.now()
    return sum(
        deliver(message_id=str(pk), now=now + (clock.now() - began))
        for pk in due.order_by("due_at").values_list("pk", flat=True)[:limit]
    )


def purge(*, now: datetime) -> int:
    """Delete messages delivered more than KEPT ago. Messages with a key stay, to prevent duplicates."""
    deleted, _ = Message.objects.filter(key=None, delivered_at__lt=now - KEPT).delete()
    return deleted


def drain(*, rounds: int = 20) -> int:
    """Deliver until nothing is due, for tests and commands. Returns how many ran."""
    total = 0
    for _ in range(rounds):
        ran = sweep(now=clock.now())
        total += ran
        if not ran:
            return total
    return total
