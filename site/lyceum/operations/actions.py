"""The only code that writes heartbeats, measurements and alarms."""

import logging
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Count, Min, Q

from academies.outbox.models import Message
from academies.tenants.context import current_schema
from commerce.checkout import queries as checkout
from commerce.checkout.models import Order
from lyceum.operations import queries
from lyceum.operations.models import Alarm, Heartbeat, Measurement

logger = logging.getLogger(__name__)

# By then a message has been retried for a quarter of an hour.
FAILING_AFTER = 10
STUCK_AFTER = timedelta(hours=1)
MAILED_EVERY = timedelta(days=1)
# Stored per academy; `manage.py check_integrity` lists all.
_VIOLATIONS_KEPT = 20
_LAYERS = {"academies", "catalog", "commerce", "home"}


def note_heartbeat(*, name: str, now: datetime) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def measure(*, now: datetime) -> Measurement:
    """Store the current academy's figures for the operator. Three queries on small indexes."""
    due = Message.objects.filter(delivered_at=None, due_at__lte=now)
    outbox = Message.objects.filter(delivered_at=None).aggregate(
        failing=Count("pk", filter=Q(attempts__gte=FAILING_AFTER)),
    )
    waiting = due.aggregate(count=Count("pk"), oldest=Min("due_at"))
    overdue = now - STUCK_AFTER
    counts = {
        "measured_at": now,
        "outbox_waiting": waiting["count"],
        "outbox_oldest_at": waiting["oldest"],
        "outbox_failing": outbox["failing"],
        "orders_stuck": Order.objects.filter(status=Order.Status.PENDING, expires_at__lt=overdue).count(),
        "refunds_stuck": checkout.stuck_refunds(overdue).count(),
    }
    return Measurement.objects.update_or_create(schema=current_schema(), defaults=counts)[0]


def check_integrity(*, now: datetime) -> list[str]:
    """Check the invariants of every app in the current academy, and store the violations for the alarms."""
    violations = [violation for module in invariant_modules() for violation in module.violations(now=now)]
    fields = {"violations": violations[:_VIOLATIONS_KEPT], "checked_at": now}
    Measurement.objects.update_or_create(
        schema=current_schema(), defaults=fields, create_defaults={**fields, "measured_at": now}
    )
    return violations


def invariant_modules() -> list[ModuleType]:
    names = [f"{app.name}.invariants" for app in apps.get_app_configs() if app.name.partition(".")[0] in _LAYERS]
    return [import_module(name) for name in names if find_spec(name)]


def raise_alarms(*, now: datetime) -> list[str]:
    """Email the operator about everything that is wrong, at most once a day per kind. Returns the kinds."""
    raised = []
    for kind, sentence in queries.alarms(now=now).items():
        if not _is_due(kind, now=now):
            continue
        logger.error("alarm %s: %s", kind, sentence)
        raised.append(kind)
        if settings.OPERATOR_EMAIL:
            _email(kind, sentence)
    return raised


def _is_due(kind: str, *, now: datetime) -> bool:
    """Claim a kind of alarm for today, so that only one of several processes sends the email."""
    with transaction.atomic():
        alarm, is_new = Alarm.objects.select_for_update().get_or_create(kind=kind, defaults={"mailed_at": now})
        if not is_new and alarm.mailed_at > now - MAILED_EVERY:
            return False
        Alarm.objects.filter(kind=kind).update(mailed_at=now)
        return True


def _email(kind: str, sentence: str) -> None:
    body = (
        f"{sentence}\n\nWhat to do: docs/operating.md, alarm {kind}.\nNext email about this: tomorrow, if it lasts.\n"
    )
    try:
        send_mail(f"Lyceum ({settings.ENVIRONMENT}): {kind}", body, None, [settings.OPERATOR_EMAIL])
    except OSError:
        logger.exception("the email about %s could not be sent", kind)
