"""How many people are registered for dates, for those who cancel or move them."""

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
from catalog.offerings.models import Offering
from catalog.offerings.types import People
from commerce.enrolments.models import Registration


@people.counted_by
def registration_counts(dates: Iterable[UUID]) -> dict[UUID, People]:
    """Return how many people have, hold or wait for a seat at each date, by its id. One query."""
    ids = list(dates)
    statuses = Registration.Status
    registrations = Registration.objects.filter(offering__in=ids, status__in=Registration.LIVE)
    rows = registrations.values("offering").annotate(
        confirmed=Count("pk", filter=Q(status=statuses.CONFIRMED)),
        pending=Count("pk", filter=Q(status=statuses.PENDING)),
        waiting=Count("pk", filter=Q(status=statuses.WAITLISTED)),
    )
    counts = {
        row["offering"]: People(confirmed=row["confirmed"], pending=row["pending"], waiting=row["waiting"])
        for row in rows
    }
    return {pk: counts.get(pk, People()) for pk in ids}


def with_seat_counts(dates: QuerySet[Offering]) -> QuerySet[Offering]:
    """Annotate `people_seated`, how many hold a seat now, and `people_waiting`. Adds no query."""
    holding = Registration.holding(clock.now(), prefix="registrations__")
    waiting = Q(registrations__status=Registration.Status.WAITLISTED)
    return dates.annotate(
        people_seated=Count("registrations", filter=holding), people_waiting=Count("registrations", filter=waiting)
    )


def seat_counts(date: Offering) -> tuple[int, int]:
    """Return how many hold a seat at a date and how many wait. No query if it was read by `with_seat_counts`."""
    if not hasattr(date, "people_seated"):
        date = with_seat_counts(Offering.objects.filter(pk=date.pk)).get()
    return date.people_seated, date.people_waiting  # type: ignore[attr-defined]


def cancel_dates_url(dates: Iterable[Offering], back: str = "") -> str:
    """Return the address of the admin page that confirms before dates are cancelled.  back: where to go afterwards."""
    params = [("date", str(date.pk)) for date in dates] + ([("next", back)] if back else [])
    return f"{reverse('cancel_dates')}?{urlencode(params)}"


def time_zone_of(page: Page) -> str:
    """Return the time zone of a page's dates: the venue's, else the academy's.  page: a specific page."""
    venue = getattr(page, "venue", None)
    return str(getattr(venue, "time_zone", "") or tenants.current().time_zone or "UTC")


def has_registrations_below(page: Page) -> bool:
    """Return whether anybody ever registered for a date of a page or of a page below it; such pages are kept."""
    return Registration.objects.filter(offering__page__path__startswith=page.path).exists()


def dates_with_registrations(page: Page, now: datetime, *, below: bool = False) -> list[Offering]:
    """Return the dates of a page that aren't over and have live registrations.

    below: include the dates of the pages below it.
    """
    live = Registration.objects.filter(offering=OuterRef("pk"), status__in=Registration.LIVE)
    of_page = Q(page__path__startswith=page.path) if below else Q(page=page.pk)
    dates = Offering.objects.filter(of_page, Exists(live), ends_at__gt=now, status=Offering.Status.SCHEDULED)
    return list(dates.select_related("page").order_by("starts_at", "pk"))
