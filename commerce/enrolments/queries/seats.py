"""Which dates a person may book, how many seats they have left, and a person's registrations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from wagtail.models import Page

from academies.kernel import clock, errors
from academies.tenants import cache_version
from academies.tenants import queries as tenants
from catalog.events.models import EventPage
from catalog.library.visibility import visible_to
from catalog.offerings.cards import offering_card
from catalog.offerings.models import Offering
from catalog.offerings.queries import dates_of, next_of, state_of
from commerce.enrolments import rules
from commerce.enrolments.models import Registration

# The checkout page of an offering. Checkout owns the page; its path is used in emails and links.
CHECKOUT_PATH = "/checkout/offering/{}/"


def pay_url(registration: Registration) -> str:
    return tenants.base_url() + CHECKOUT_PATH.format(registration.offering_id)


def events_for(person: Any) -> QuerySet[EventPage]:
    return visible_to(EventPage.objects.all(), person)


def offerings_for(person: Any) -> QuerySet[Offering]:
    """Return the dates of pages that a person may see, and so register for or buy."""
    return Offering.objects.filter(page__in=visible_to(Page.objects.all(), person)).select_related("page")


def requested_date(event: EventPage, offering_id: UUID | None, now: datetime) -> Offering:
    """Return the date with this id, or without an id the only date that is open for registration.

    Raises NotFound, and Invalid with `choices` if several dates are open and no id is given.
    """
    dates = dates_of([event.pk])[event.pk]
    if offering_id is not None:
        dates = [date for date in dates if date.pk == offering_id]
    default = next_of(dates, now)
    if default is None:
        raise errors.NotFound()
    open_dates = [date for date in dates if state_of(date, now) == "open"]
    if len(open_dates) > 1:
        raise errors.Invalid(
            _("This event has several dates. Choose one of them."),
            fields={"offering": [f"{date.pk}: {date}" for date in open_dates]},
            choices=[offering_card(date, now) for date in open_dates],
        )
    return open_dates[0] if open_dates else default


def seats_left(offerings: Iterable[Offering]) -> dict[UUID, int | None]:
    """Return how many more people would get a seat at each offering, by its id; None is no limit. One query.

    Free seats that the waiting list is about to get don't count.
    """
    offerings = list(offerings)
    holding, waiting = Registration.holding(clock.now()), Q(status=Registration.Status.WAITLISTED)
    rows = (
        Registration.objects.filter(offering__in=[offering.pk for offering in offerings if offering.seats is not None])
        .values("offering")
        .annotate(
            taken=Count("pk", filter=holding),
            waiting=Count("pk", filter=waiting),
            next_end=Min("hold_until", filter=holding & Q(status=Registration.Status.PENDING)),
        )
    )
    counts = {row["offering"]: (row["taken"], row["waiting"]) for row in rows}
    # A hold that runs out frees a seat without any write.
    cache_version.expires_at(*(row["next_end"] for row in rows))
    left = {}
    for offering in offerings:
        taken, queue = counts.get(offering.pk, (0, 0))
        left[offering.pk] = rules.seats_left(seats=offering.seats, taken=taken, waiting=queue)
    return left


def requires_payment(person: Any, offering: Offering) -> bool:
    """Return whether a person gets a seat by paying: the offering has a price, and a seat is free or held for them."""
    if not offering.price_minor:
        return False
    registration = registration_of(person, offering)
    is_held = registration is not None and registration.status == Registration.Status.PENDING
    return is_held or seats_left([offering])[offering.pk] != 0


def registration_of(person: Any, offering: Offering) -> Registration | None:
    """Return a person's live registration for an offering, with its waiting position."""
    if not person or not person.is_authenticated:
        return None
    registrations = Registration.objects.filter(person=person, offering=offering, status__in=Registration.LIVE)
    return with_waiting_position(registrations).first()


def registrations_of(person: Any) -> QuerySet[Registration]:
    """Return a person's registrations, the newest first, with events, venues and waiting positions, in one query."""
    registrations = with_waiting_position(Registration.objects.filter(person=person))
    return registrations.select_related("offering__page__eventpage__venue").order_by("-created_at", "-id")


def upcoming_registrations(person: Any, now: datetime) -> list[Registration]:
    """Return a person's live registrations for dates that aren't over, the next first; `.offering.event` is the page."""
    live = registrations_of(person).filter(
        status__in=Registration.LIVE, offering__ends_at__gt=now, offering__page__eventpage__isnull=False
    )
    rows = list(live.order_by("offering__starts_at", "id"))
    for row in rows:
        row.offering.event = row.offering.page.eventpage  # type: ignore[attr-defined]
    return rows


def with_waiting_position(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Annotate `people_before`: how many have waited longer for the same offering."""
    before = (
        Registration.objects.filter(offering=OuterRef("offering"), status=Registration.Status.WAITLISTED)
        .filter(
            Q(waiting_since__lt=OuterRef("waiting_since"))
            | Q(waiting_since=OuterRef("waiting_since"), id__lt=OuterRef("id"))
        )
        .order_by()
        .values("offering")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return registrations.annotate(people_before=Coalesce(Subquery(before, output_field=IntegerField()), 0))


def waitlisted_offering_ids(page: Page) -> list[UUID]:
    """Return the ids of a page's offerings that somebody waits for."""
    waiting = Registration.objects.filter(offering__page=page.pk, status=Registration.Status.WAITLISTED)
    return list(waiting.order_by("offering").values_list("offering", flat=True).distinct())
