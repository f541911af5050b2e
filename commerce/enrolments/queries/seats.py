"""Reads about dates that can be had, and the seats at them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from wagtail.models import Page

from academies.kernel import clock, errors
from academies.tenants import freshness
from academies.tenants import queries as tenants
from catalog.events.models import EventPage
from catalog.library.visibility import visible_to
from catalog.offerings.models import Offering
from catalog.offerings.queries import as_json, dates_of, next_of, state_of
from commerce.enrolments import rules
from commerce.enrolments.models import Registration

# Where a held seat is paid for; the page belongs to checkout, its address to everybody.
CHECKOUT_PATH = "/checkout/offering/{}/"


def pay_url(registration: Registration) -> str:
    return tenants.origin() + CHECKOUT_PATH.format(registration.offering_id)


def events_for(person: Any) -> QuerySet[EventPage]:
    return visible_to(EventPage.objects.all(), person)


def offerings_for(person: Any) -> QuerySet[Offering]:
    """Dates of pages that a person may see, and so register for or buy."""
    return Offering.objects.filter(page__in=visible_to(Page.objects.all(), person)).select_related("page")


def requested_date(event: EventPage, offering_id: UUID | None, now: datetime) -> Offering:
    """Return the date that somebody means: the one they name, or the only one that is open.

    Raises NotHere, and Invalid with `choices` where several are open and none is named.
    """
    dates = dates_of([event.pk])[event.pk]
    if offering_id is not None:
        dates = [one for one in dates if one.pk == offering_id]
    meant = next_of(dates, now)
    if meant is None:
        raise errors.NotHere()
    choices = [one for one in dates if state_of(one, now) == "open"]
    if len(choices) > 1:
        said = [f"{one.pk}: {one}" for one in choices]
        raise errors.Invalid(
            "This event has several dates. Name the one you mean.",
            fields={"offering": said},
            choices=[as_json(one, now) for one in choices],
        )
    return choices[0] if choices else meant


def seats_left(offerings: Iterable[Offering]) -> dict[UUID, int | None]:
    """Return how many newcomers find a seat at each offering, by its id; None is no limit. One query for all of them.

    Free seats that the waiting list is about to get are not left.
    """
    offered = list(offerings)
    holding, waiting = Registration.holding(clock.now()), Q(status=Registration.Status.WAITLISTED)
    rows = (
        Registration.objects.filter(offering__in=[one.pk for one in offered if one.seats is not None])
        .values("offering")
        .annotate(
            taken=Count("pk", filter=holding),
            line=Count("pk", filter=waiting),
            next_end=Min("hold_until", filter=holding & Q(status=Registration.Status.PENDING)),
        )
    )
    counted = {row["offering"]: (row["taken"], row["line"]) for row in rows}
    # A hold that ends frees a seat without anybody doing anything.
    freshness.until(*(row["next_end"] for row in rows))
    left = {}
    for one in offered:
        taken, line = counted.get(one.pk, (0, 0))
        left[one.pk] = rules.seats_left(seats=one.seats, taken=taken, line=line)
    return left


def requires_payment(person: Any, offering: Offering) -> bool:
    """Answer whether a person gets a seat at an offering by paying: it costs, and one is free or held for them."""
    if not offering.price_minor:
        return False
    mine = registration_of(person, offering)
    return (mine is not None and mine.status == Registration.Status.PENDING) or seats_left([offering])[offering.pk] != 0


def registration_of(person: Any, offering: Offering) -> Registration | None:
    """Return a person's live registration at an offering, with its place in line."""
    if not person or not person.is_authenticated:
        return None
    mine = Registration.objects.filter(person=person, offering=offering, status__in=Registration.LIVE)
    return with_waiting_position(mine).first()


def registrations_of(person: Any) -> QuerySet[Registration]:
    """Return somebody's registrations, newest first, with dates, events, venues and places in line, in one query."""
    shown = with_waiting_position(Registration.objects.filter(person=person))
    return shown.select_related("offering__page__eventpage__venue").order_by("-created_at", "-id")


def upcoming_registrations(person: Any, now: datetime) -> list[Registration]:
    """Return somebody's live registrations at dates that aren't over, the next first; `.offering.event` is its page."""
    live = registrations_of(person).filter(
        status__in=Registration.LIVE, offering__ends_at__gt=now, offering__page__eventpage__isnull=False
    )
    rows = list(live.order_by("offering__starts_at", "id"))
    for row in rows:
        row.offering.event = row.offering.page.eventpage  # type: ignore[attr-defined]
    return rows


def with_waiting_position(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Annotate `people_before`: how many wait longer for the same offering."""
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
    """Return those offerings of a page that somebody waits for, by id."""
    waiting = Registration.objects.filter(offering__page=page.pk, status=Registration.Status.WAITLISTED)
    return list(waiting.order_by("offering").values_list("offering", flat=True).distinct())
