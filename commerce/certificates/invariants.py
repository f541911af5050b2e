"""Invariants of this app's records, for `manage.py check_integrity`. Each function yields a sentence for each violation."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from academies.outbox.models import Message
from academies.outbox.registry import fact_name
from commerce.certificates.models import Certificate
from commerce.learning.facts import CourseCompleted


def no_completion_waits_for_its_certificate(now: datetime) -> Iterator[str]:
    """An hour is left for the fact to arrive. A course that gives certificates only since then owes none."""
    told = Message.objects.filter(name=fact_name(CourseCompleted), delivered_at=None)
    for message in told.filter(created_at__lt=now - timedelta(hours=1)):
        yield f"enrolment {message.payload['enrolment_id']} was completed, but nobody has heard of it: {message.error}"


def what_was_replaced_names_its_successor() -> Iterator[str]:
    for certificate in Certificate.objects.filter(status=Certificate.Status.REPLACED, replaced_by=None):
        yield f"certificate {certificate.code} is replaced by nothing"


def what_was_revoked_says_why() -> Iterator[str]:
    for certificate in Certificate.objects.filter(status=Certificate.Status.REVOKED, revoked_because=""):
        yield f"certificate {certificate.code} is revoked for no reason"


def violations(*, now: datetime) -> list[str]:
    """Return all violations in the current academy."""
    return [
        *no_completion_waits_for_its_certificate(now),
        *what_was_replaced_names_its_successor(),
        *what_was_revoked_says_why(),
    ]
