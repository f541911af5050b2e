"""The state of all academies, in a fixed number of queries on `public`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Coalesce

from academies.inbox.models import WebhookEvent
from academies.tenants.models import Academy
from lyceum.operations.models import Heartbeat, Measurement

SILENT_AFTER = timedelta(minutes=3)
LATE_AFTER = timedelta(minutes=15)
PROCESSES = ("worker", "clock")
# Closed and suspended academies write no measurements.
_MEASURED_LATELY = timedelta(minutes=10)
_CHECKED_LATELY = timedelta(days=2)


@dataclass(frozen=True)
class Overview:
    """Sums over all academies. Ages are in seconds; None is never."""

    heartbeat_age: dict[str, float | None]
    outbox_waiting: int
    outbox_oldest_age: float
    outbox_failing: int
    orders_stuck: int
    refunds_stuck: int
    violations: dict[str, list[str]]
    webhooks_waiting: int
    webhooks_failed: int
    academies: dict[str, int]


def overview(*, now: datetime) -> Overview:
    recent = Q(measured_at__gte=now - _MEASURED_LATELY)
    sums = Measurement.objects.aggregate(
        **{
            name: Coalesce(Sum(name, filter=recent), 0)
            for name in ("outbox_waiting", "outbox_failing", "orders_stuck", "refunds_stuck")
        },
        oldest=Min("outbox_oldest_at", filter=recent),
    )
    webhooks = WebhookEvent.objects.aggregate(
        waiting=Count("pk", filter=Q(next_attempt_at__isnull=False)),
        failed=Count("pk", filter=Q(status=WebhookEvent.Status.FAILED)),
    )
    oldest = sums.pop("oldest")
    violated = Measurement.objects.filter(checked_at__gte=now - _CHECKED_LATELY).exclude(violations=[])
    return Overview(
        heartbeat_age=heartbeat_ages(now=now),
        outbox_oldest_age=(now - oldest).total_seconds() if oldest else 0.0,
        violations=dict(violated.values_list("schema", "violations")),
        webhooks_waiting=webhooks["waiting"],
        webhooks_failed=webhooks["failed"],
        academies=dict(Academy.objects.values_list("status").annotate(count=Count("pk")).order_by()),
        **sums,
    )


def heartbeat_ages(*, now: datetime) -> dict[str, float | None]:
    known = dict(Heartbeat.objects.values_list("name", "at"))
    return {name: (now - known[name]).total_seconds() if name in known else None for name in PROCESSES}


def silent(*, now: datetime) -> dict[str, str]:
    """Return the state of each process: `ok`, or how long ago its last heartbeat was."""
    states = {}
    for name, age in heartbeat_ages(now=now).items():
        if age is None:
            states[name] = "never seen"
        else:
            states[name] = "ok" if age <= SILENT_AFTER.total_seconds() else f"silent for {age:.0f} s"
    return states


def alarms(*, now: datetime) -> dict[str, str]:
    """Return the current alarms by kind, each as a sentence for the operator."""
    totals = overview(now=now)
    sentences = {
        f"{name}_silent": f"The {name} has shown no sign of life: {state}."
        for name, state in silent(now=now).items()
        if state not in ("ok", "never seen")
    }
    if totals.outbox_oldest_age > LATE_AFTER.total_seconds():
        sentences["outbox_late"] = (
            f"{totals.outbox_waiting} messages are waiting; the oldest for {totals.outbox_oldest_age / 60:.0f} minutes."
        )
    if totals.violations:
        lines = [f"{schema}: {line}" for schema, violations in sorted(totals.violations.items()) for line in violations]
        sentences["integrity_violated"] = "The daily check found:\n" + "\n".join(lines[:100])
    counts = {
        "outbox_failing": (totals.outbox_failing, "messages of the outbox have failed ten times or more"),
        "webhooks_failed": (totals.webhooks_failed, "events of the payment provider have failed for good"),
        "orders_stuck": (totals.orders_stuck, "orders should have expired an hour ago"),
        "refunds_stuck": (totals.refunds_stuck, "refunds have been under way for an hour"),
        "academies_quarantined": (
            totals.academies.get(Academy.Status.MAINTENANCE, 0), "academies are closed for maintenance"
        ),
    }  # fmt: skip
    return sentences | {kind: f"{count} {what}." for kind, (count, what) in counts.items() if count}
