"""Invariants of this app's records, for `manage.py check_integrity`. Each function yields a sentence for each violation."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q

from catalog.offerings.models import Offering
from commerce.enrolments.models import Enrolment, Entitlement, Registration

# The periodic tasks run much more often.
_OVERDUE = timedelta(hours=1)


def nothing_is_oversold(now: datetime) -> Iterator[str]:
    """Also reports an editor who lowers the number of seats below those taken."""
    holding = Registration.holding(now, prefix="registrations__")
    counted = Offering.objects.filter(seats__isnull=False).annotate(taken=Count("registrations", filter=holding))
    for offering in counted.filter(taken__gt=F("seats")).select_related("page"):
        yield f"{offering.page}, {offering}: {offering.taken} seats are taken of {offering.seats}"


def no_hold_is_overdue(now: datetime) -> Iterator[str]:
    lapsed = Registration.objects.filter(status=Registration.Status.PENDING, hold_until__lt=now - _OVERDUE)
    for registration in lapsed.select_related("person", "offering"):
        yield f"{registration}: the hold ended at {registration.hold_until} and was not released"


def whoever_is_enrolled_is_entitled(now: datetime) -> Iterator[str]:
    then = now - _OVERDUE
    live = Entitlement.objects.live(then).opening(OuterRef("course_key")).filter(person=OuterRef("person"))
    without = Enrolment.objects.filter(~Q(Exists(live)), status=Enrolment.Status.ACTIVE, enrolled_at__lt=then)
    for enrolment in without.select_related("person"):
        yield f"{enrolment}: active, but nothing entitles to it"


def violations(*, now: datetime) -> list[str]:
    """Return all violations in the current academy."""
    return [*nothing_is_oversold(now), *no_hold_is_overdue(now), *whoever_is_enrolled_is_entitled(now)]
