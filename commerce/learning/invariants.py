"""Invariants of this app's records, for `manage.py check_integrity`. Each function yields a sentence for each violation."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F

from commerce.enrolments.models import Enrolment
from commerce.learning.models import Attempt, Progress


def completed_enrolments_are_at_100_percent() -> Iterator[str]:
    for enrolment in Enrolment.objects.filter(status=Enrolment.Status.COMPLETED).exclude(
        percent=100, completed_at__isnull=False
    ):
        yield f"enrolment {enrolment.pk} is completed, but at {enrolment.percent} % or without a date"


def progress_completes_after_it_starts() -> Iterator[str]:
    for progress in Progress.objects.filter(completed_at__lt=F("started_at")):
        yield f"progress {progress.pk} was completed at {progress.completed_at}, but started at {progress.started_at}"


def closed_attempts_are_graded() -> Iterator[str]:
    closed = Attempt.objects.exclude(status=Attempt.Status.STARTED)
    for attempt in closed.exclude(score__isnull=False, passed__isnull=False, submitted_at__isnull=False):
        yield f"attempt {attempt.pk} is {attempt.status}, but not graded"


def overdue_attempts_are_closed(now: datetime) -> Iterator[str]:
    for attempt in Attempt.objects.filter(status=Attempt.Status.STARTED, deadline_at__lt=now - timedelta(hours=1)):
        yield f"attempt {attempt.pk} should have been closed at {attempt.deadline_at}"


def violations(*, now: datetime) -> list[str]:
    """Return all violations in the current academy."""
    return [
        *completed_enrolments_are_at_100_percent(),
        *progress_completes_after_it_starts(),
        *closed_attempts_are_graded(),
        *overdue_attempts_are_closed(now),
    ]
