"""Invariants of this app's records, for `manage.py check_integrity`. Each function yields a sentence for each violation."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q

from catalog.offerings.models import Offering
from commerce.enrolments.models import Enrolment, Entitlement, Registration

# The periodic tasks run much more often.
_OVERDUE = timedelta(hours=1)


def seats_are_not_oversold(now: datetime) -> Iterator[str]:
    """Also reports an editor who lowers the number of seats below those taken."""
    holding = Registration.holding(now, prefix="registrations__")
    counted = Offering.objects.filter(seats__isnull=False).annotate(taken=Count("registrations", filter=holding))
    for offering in counted.filter(taken__gt=F("seats")).select_related("page"):
        yield f"{offering.page}, {offering}: {offering.taken} seats are taken of {offering.seats}"


def holds_are_released(now: datetime) -> Iterator[str]:
    lapsed = Registration.objects.filter(status=Registration.Status.PENDING, hold_until__lt=now - _OVERDUE)
    for registration in lapsed.select_related("person", "offering"):
        yield f"{registration}: the hold ended at {registration.hold_until} and was not released"


def active_enrolments_are_entitled(now: datetime) -> Iterator[str]:
    overdue = now - _OVERDUE
    live = Entitlement.objects.live(overdue).opening(OuterRef("course_key")).filter(person=OuterRef("person"))
    without = Enrolment.objects.filter(~Q(Exists(live)), status=Enrolment.Status.ACTIVE, enrolled_at__lt=overdue)
    for enrolment in without.select_related("person"):
        yield f"{enrolment}: active, but without a live entitlement"


def violations(*, now: datetime) -> list[str]:
    """Return all violations in the current academy."""
    return [*seats_are_not_oversold(now), *holds_are_released(now), *active_enrolments_are_entitled(now)]
