"""Invariants of this app's records, for `manage.py check_integrity`. Each function yields a sentence for each violation."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from academies.outbox.models import Message
from academies.outbox.registry import fact_name
from commerce.certificates.models import Certificate
from commerce.learning.facts import CourseCompleted


def completions_have_been_delivered(now: datetime) -> Iterator[str]:
    """A CourseCompleted event issues the certificate; it must be delivered within an hour."""
    undelivered = Message.objects.filter(name=fact_name(CourseCompleted), delivered_at=None)
    for message in undelivered.filter(created_at__lt=now - timedelta(hours=1)):
        yield f"enrolment {message.payload['enrolment_id']} was completed, but the event was not delivered: {message.error}"


def replaced_certificates_have_a_replacement() -> Iterator[str]:
    for certificate in Certificate.objects.filter(status=Certificate.Status.REPLACED, replaced_by=None):
        yield f"certificate {certificate.code} has status replaced, but no replacement"


def revoked_certificates_have_a_reason() -> Iterator[str]:
    for certificate in Certificate.objects.filter(status=Certificate.Status.REVOKED, revoked_because=""):
        yield f"certificate {certificate.code} is revoked without a reason"


def violations(*, now: datetime) -> list[str]:
    """Return all violations in the current academy."""
    return [
        *completions_have_been_delivered(now),
        *replaced_certificates_have_a_replacement(),
        *revoked_certificates_have_a_reason(),
    ]
