"""Reads about access and seats."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from wagtail.models import Page

from academies.kernel import clock, errors
from academies.people.models import User
from academies.tenants import freshness
from academies.tenants import queries as tenants
from catalog.courses.models import CoursePage
from catalog.events import feed
from catalog.events.feed import Entry
from catalog.events.models import EventPage
from catalog.library.addresses import Addresses
from catalog.library.visibility import seen_by
from catalog.offerings import people
from catalog.offerings.facts import People
from catalog.offerings.models import Offering
from catalog.offerings.queries import as_json, dates_of, next_of, state_of, terms_in_words, terms_of
from catalog.offerings.rules import RefundTerms
from commerce.enrolments import rules
from commerce.enrolments.models import Enrolment, Entitlement, Registration

# Where a held seat is paid for; the page belongs to checkout, its address to everybody.
PAY_AT = "/checkout/offering/{}/"


def pay_url(registration: Registration) -> str:
    return tenants.origin() + PAY_AT.format(registration.offering_id)


def holds_entitlement(person: Any, course_key: UUID, now: datetime) -> bool:
    return Entitlement.objects.filter(person=person).live(now).opening(course_key).exists()


def access_end(person: Any, course_key: UUID | None, now: datetime) -> datetime | None:
    """Return when a person's present access ends: None when there is none, or when it never ends. One query.

    course_key: None asks for the access to every course.
    """
    held = Entitlement.objects.filter(person=person).lasting(now)
    held = held.filter(course_key=None) if course_key is None else held.opening(course_key)
    ends = list(held.values_list("ends_at", flat=True))
    return None if None in ends else max(ends, default=None)


def is_entitled(person: Any, course_key: UUID) -> bool:
    """Answer whether a person holds a live entitlement to a course, in one query."""
    if not person or not person.is_authenticated:
        return False
    return holds_entitlement(person, course_key, clock.now())


def open_to(person: Any, course_keys: Iterable[UUID]) -> set[UUID]:
    """Return those of these courses that a person may attend, enrolled or not, in one query."""
    keys = set(course_keys)
    held = Entitlement.objects.filter(person=person).live(clock.now()).values_list("course_key", flat=True)
    found = set(held.filter(Q(course_key__in=keys) | Q(course_key=None)))
    return keys if None in found else keys & found


def enrolment_of(person: Any, course_key: UUID) -> Enrolment | None:
    """Return a person's enrolment in a course, whatever its status."""
    if not person or not person.is_authenticated:
        return None
    return Enrolment.objects.with_access(clock.now()).filter(person=person, course_key=course_key).first()


def courses_for(person: Any) -> QuerySet[CoursePage]:
    """Courses that a person may see, and so enrol in."""
    return seen_by(CoursePage.objects.all(), person)


def events_for(person: Any) -> QuerySet[EventPage]:
    return seen_by(EventPage.objects.all(), person)


def offerings_for(person: Any) -> QuerySet[Offering]:
    """Dates of pages that a person may see, and so register for or buy."""
    return Offering.objects.filter(page__in=seen_by(Page.objects.all(), person)).select_related("page")


def date_of(event: EventPage, offering_id: UUID | None, now: datetime) -> Offering:
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


def course_of_key(course_key: UUID) -> CoursePage | None:
    """Return the course of a translation key: the oldest of its languages."""
    return CoursePage.objects.filter(translation_key=course_key).order_by("pk").first()


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


@people.counted_by
def people_at(dates: Iterable[UUID]) -> dict[UUID, People]:
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


def with_people(dates: QuerySet[Offering]) -> QuerySet[Offering]:
    """Annotate `people_seated`, those who hold a seat now, and `people_waiting`. Adds no query."""
    holding = Registration.holding(clock.now(), prefix="registrations__")
    waiting = Q(registrations__status=Registration.Status.WAITLISTED)
    return dates.annotate(
        people_seated=Count("registrations", filter=holding), people_waiting=Count("registrations", filter=waiting)
    )


def counted(date: Offering) -> tuple[int, int]:
    """Return how many hold a seat at a date and how many wait. No query where `with_people` read it."""
    if not hasattr(date, "people_seated"):
        date = with_people(Offering.objects.filter(pk=date.pk)).get()
    return date.people_seated, date.people_waiting  # type: ignore[attr-defined]


def cancel_url(dates: Iterable[Offering], back: str = "") -> str:
    """Return the admin's page that asks before these dates are cancelled.  back: where it leads afterwards."""
    named = [("date", str(one.pk)) for one in dates] + ([("next", back)] if back else [])
    return f"{reverse('cancel_dates')}?{urlencode(named)}"


def zone_of(page: Page) -> str:
    """Name the clock that a page's dates are said by: the venue's, else the academy's. page: as its own type."""
    venue = getattr(page, "venue", None)
    return str(getattr(venue, "time_zone", "") or tenants.current().time_zone or "UTC")


def must_pay(person: Any, offering: Offering) -> bool:
    """Answer whether a person gets a seat at an offering by paying: it costs, and one is free or held for them."""
    if not offering.price_minor:
        return False
    mine = registration_of(person, offering)
    return (mine is not None and mine.status == Registration.Status.PENDING) or seats_left([offering])[offering.pk] != 0


def _event_of(offering: Offering) -> Page:
    """Return a date's page as its own type, without a query where it was read with the date."""
    page = offering.page
    return page if isinstance(page, EventPage) else getattr(page, "eventpage", page)


def terms_now(offering: Offering) -> dict[str, Any]:
    """Return the refund terms of a date as they are shown now, to be kept with a seat."""
    return asdict(terms_of(_event_of(offering)))


def terms_agreed(registration: Registration) -> RefundTerms:
    """Return the refund terms under which somebody has a seat: those shown to them, else the page's."""
    if registration.terms is not None:
        return RefundTerms(**registration.terms)
    return terms_of(_event_of(registration.offering))


def shown_terms(offering: Offering, registration: Registration | None = None) -> str:
    """Say the refund terms of a seat: those agreed with a registration, else those of the page, with the page's own words.

    Nothing for a date that costs nothing.
    """
    if not offering.price_minor:
        return ""
    if registration and was_moved_since(registration):
        return _("This date was moved, so you get everything back if you give up your seat before the start.")
    page = _event_of(offering)
    terms = terms_agreed(registration) if registration else terms_of(page)
    own = getattr(page, "refund_policy", "").strip()
    if own and own[-1] not in ".!?…":
        own += "."
    return " ".join(filter(None, (terms_in_words(terms), own)))


def refund_percent(registration: Registration, now: datetime) -> int | None:
    """Return how much of the price goes back to who gives up a seat now, 0 to 100; None where the academy decides."""
    offering = registration.offering
    if was_moved_since(registration) and now < offering.starts_at:
        return 100
    return terms_agreed(registration).percent(starts_at=offering.starts_at, now=now)


def full_refund_until(registration: Registration) -> datetime | None:
    """Return until when somebody may give up a paid seat for all their money; None where the academy decides."""
    starts_at = registration.offering.starts_at
    return starts_at if was_moved_since(registration) else terms_agreed(registration).full_until(starts_at)


def was_moved_since(registration: Registration) -> bool:
    """Answer whether a date was moved after somebody registered: then they may leave for all their money."""
    moved_at = registration.offering.moved_at
    return moved_at is not None and registration.created_at <= moved_at


def registration_of(person: Any, offering: Offering) -> Registration | None:
    """Return a person's live registration at an offering, with its place in line."""
    if not person or not person.is_authenticated:
        return None
    mine = Registration.objects.filter(person=person, offering=offering, status__in=Registration.LIVE)
    return with_place_in_line(mine).first()


def enrolments_of(person: Any) -> QuerySet[Enrolment]:
    """Return somebody's enrolments, newest first, with their courses."""
    mine = Enrolment.objects.filter(person=person).with_access(clock.now())
    return mine.select_related("course").order_by("-enrolled_at", "-id")


def registrations_of(person: Any) -> QuerySet[Registration]:
    """Return somebody's registrations, newest first, with dates, events, venues and places in line, in one query."""
    shown = with_place_in_line(Registration.objects.filter(person=person))
    return shown.select_related("offering__page__eventpage__venue").order_by("-created_at", "-id")


def upcoming(person: Any, now: datetime) -> list[Registration]:
    """Return somebody's live registrations at dates that aren't over, the next first; `.offering.event` is its page."""
    live = registrations_of(person).filter(
        status__in=Registration.LIVE, offering__ends_at__gt=now, offering__page__eventpage__isnull=False
    )
    rows = list(live.order_by("offering__starts_at", "id"))
    for row in rows:
        row.offering.event = row.offering.page.eventpage  # type: ignore[attr-defined]
    return rows


def calendar_token(person: User) -> str:
    """Return the secret that a person's own calendar is read by; a new password makes a new one."""
    mark = salted_hmac(f"calendar:{tenants.current().schema_name}", f"{person.pk}:{person.password}").hexdigest()
    return f"{person.pk.hex}{mark[:32]}"


def calendar_path(person: User) -> str:
    return f"/calendar/me/{calendar_token(person)}.ics"


def person_of_calendar(token: str) -> User | None:
    """Return whose calendar a token opens."""
    try:
        person = User.objects.filter(pk=UUID(token[:32]), is_active=True).first()
    except ValueError:
        return None
    return person if person and constant_time_compare(calendar_token(person), token) else None


def calendar_entries(person: User, now: datetime) -> list[Entry]:
    """Return the dates that a person has a seat at, or one held (tentative), to come or of the last month.

    A date that was cancelled stays, as cancelled: what vanishes from a feed may stay in a calendar.
    """
    lost = Q(cause=Registration.Cause.DATE_CANCELLED)
    held = Registration.objects.filter(Registration.holding(now) | lost, person=person)
    shown = held.filter(offering__ends_at__gt=now - feed.AFTERWARDS, offering__page__eventpage__isnull=False)
    rows = shown.select_related("offering__page__eventpage__venue").order_by("offering__starts_at", "id")[: feed.MOST]
    addresses = Addresses()
    return [feed.entry_of(row.offering, addresses, **_as_held(row)) for row in rows]


def _as_held(registration: Registration) -> dict[str, Any]:
    confirmed = registration.status == Registration.Status.CONFIRMED
    note = registration.offering.page.eventpage.joining_instructions if confirmed else ""
    return {"note": note, "tentative": not confirmed}


def with_place_in_line(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
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


def waited_for(page: Page) -> list[UUID]:
    """Return those offerings of a page that somebody waits for, by id."""
    waiting = Registration.objects.filter(offering__page=page.pk, status=Registration.Status.WAITLISTED)
    return list(waiting.order_by("offering").values_list("offering", flat=True).distinct())


def has_registrations_below(page: Page) -> bool:
    """Answer whether anybody ever registered for a date of a page, or of one below it: such rows are kept."""
    return Registration.objects.filter(offering__page__path__startswith=page.path).exists()


def dates_with_people(page: Page, now: datetime, *, below: bool = False) -> list[Offering]:
    """Return the dates of a page that aren't over, and that people have, hold or wait for a seat at.

    below: those of the pages below it as well.
    """
    held = Registration.objects.filter(offering=OuterRef("pk"), status__in=Registration.LIVE)
    where = Q(page__path__startswith=page.path) if below else Q(page=page.pk)
    ahead = Offering.objects.filter(where, Exists(held), ends_at__gt=now, status=Offering.Status.SCHEDULED)
    return list(ahead.select_related("page").order_by("starts_at", "pk"))
