"""Reads about the people of a date, for those who cancel or move it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from wagtail.models import Page

from academies.kernel import clock
from academies.tenants import queries as tenants
from catalog.offerings import people
from catalog.offerings.facts import People
from catalog.offerings.models import Offering
from commerce.enrolments.models import Registration


@people.counted_by
def registration_counts(dates: Iterable[UUID]) -> dict[UUID, People]:
    """Return how many people have, hold or wait for a seat at each date, by its id. One query for all of them."""
    wanted = list(dates)
    statuses = Registration.Status
    rows = Registration.objects.filter(offering__in=wanted, status__in=Registration.LIVE).values("offering")
    counted = rows.annotate(
        **{name: Count("pk", filter=Q(status=status)) for name, status in (
            ("confirmed", statuses.CONFIRMED), ("pending", statuses.PENDING), ("waiting", statuses.WAITLISTED),
        )}
    )  # fmt: skip
    found = {row.pop("offering"): People(**row) for row in counted}
    return {pk: found.get(pk, People()) for pk in wanted}


def with_seat_counts(dates: QuerySet[Offering]) -> QuerySet[Offering]:
    """Annotate `people_seated`, those who hold a seat now, and `people_waiting`. Adds no query."""
    holding = Registration.holding(clock.now(), prefix="registrations__")
    waiting = Q(registrations__status=Registration.Status.WAITLISTED)
    return dates.annotate(
        people_seated=Count("registrations", filter=holding), people_waiting=Count("registrations", filter=waiting)
    )


def seat_counts(date: Offering) -> tuple[int, int]:
    """Return how many hold a seat at a date and how many wait. No query where `with_people` read it."""
    if not hasattr(date, "people_seated"):
        date = with_seat_counts(Offering.objects.filter(pk=date.pk)).get()
    return date.people_seated, date.people_waiting  # type: ignore[attr-defined]


def cancel_dates_url(dates: Iterable[Offering], back: str = "") -> str:
    """Return the admin's page that asks before these dates are cancelled.  back: where it leads afterwards."""
    named = [("date", str(one.pk)) for one in dates] + ([("next", back)] if back else [])
    return f"{reverse('cancel_dates')}?{urlencode(named)}"


def time_zone_of(page: Page) -> str:
    """Name the clock that a page's dates are said by: the venue's, else the academy's. page: as its own type."""
    venue = getattr(page, "venue", None)
    return str(getattr(venue, "time_zone", "") or tenants.current().time_zone or "UTC")


def has_registrations_below(page: Page) -> bool:
    """Answer whether anybody ever registered for a date of a page, or of one below it: such rows are kept."""
    return Registration.objects.filter(offering__page__path__startswith=page.path).exists()


def dates_with_registrations(page: Page, now: datetime, *, below: bool = False) -> list[Offering]:
    """Return the dates of a page that aren't over, and that people have, hold or wait for a seat at.

    below: those of the pages below it as well.
    """
    held = Registration.objects.filter(offering=OuterRef("pk"), status__in=Registration.LIVE)
    where = Q(page__path__startswith=page.path) if below else Q(page=page.pk)
    ahead = Offering.objects.filter(where, Exists(held), ends_at__gt=now, status=Offering.Status.SCHEDULED)
    return list(ahead.select_related("page").order_by("starts_at", "pk"))
