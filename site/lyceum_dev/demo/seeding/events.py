"""Events, with dates counted from the day they are planted."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from academies.people.models import User
from academies.tenants import queries as tenants
from catalog.courses.models import Category, Instructor
from catalog.events.models import EventIndexPage, EventPage, EventSpeaker, Venue
from catalog.offerings.models import Offering
from lyceum_dev.demo import loader, prose
from lyceum_dev.demo.seeding import library
from lyceum_dev.demo.seeding.courses import publish


@transaction.atomic
def plant(wanted: loader.Event, schema: str, editor: User, now: datetime) -> None:
    if EventPage.objects.filter(slug=wanted.slug).exists():
        return
    page = EventPage(
        slug=wanted.slug,
        title=wanted.title,
        summary=wanted.summary,
        cover=library.picture(wanted.picture, f"Cover: {wanted.title}", schema, editor),
        category=Category.objects.get(slug=wanted.category),
        attendance=wanted.attendance,
        venue=Venue.objects.filter(slug=wanted.venue).first(),
        description=prose.html(wanted.description),
        agenda=prose.html(wanted.agenda),
        joining_instructions=wanted.joining_instructions,
        full_refund_days=wanted.full_refund_days,
        refund_policy=wanted.refund_policy,
        search_description=wanted.summary,
    )
    page.event_speakers = [
        EventSpeaker(instructor=Instructor.objects.get(slug=slug), sort_order=order)
        for order, slug in enumerate(wanted.speakers)
    ]
    page.offerings = [_offering(one, order, _zone(page), now) for order, one in enumerate(wanted.offerings)]
    publish(page, EventIndexPage.objects.get(), editor)


def _zone(page: EventPage) -> ZoneInfo:
    return ZoneInfo(page.venue.time_zone if page.venue else tenants.current().time_zone)


def _offering(wanted: loader.Offering, order: int, zone: ZoneInfo, now: datetime) -> Offering:
    starts_at = begins(wanted, now.astimezone(zone).date(), zone)
    return Offering(
        title=wanted.title,
        sort_order=order,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=wanted.minutes),
        seats=wanted.seats,
        waiting_list=wanted.waiting_list,
        price_minor=wanted.price_minor,
        cpd_minutes=wanted.cpd_minutes,
    )


def begins(wanted: loader.Offering, today: date, zone: ZoneInfo) -> datetime:
    """Return when a date begins: so many days from today, moved on to its weekday, at its local hour."""
    day = today + timedelta(days=wanted.days)
    if wanted.weekday is not None:
        day += timedelta(days=(wanted.weekday - day.weekday()) % 7)
    return datetime.combine(day, time.fromisoformat(wanted.at), zone)


@transaction.atomic
def move(wanted: loader.Event, editor: User, now: datetime) -> int:
    """Give the dates of an event that have begun a new day. Their seats stay as they are. Returns how many moved."""
    page = EventPage.objects.filter(slug=wanted.slug, offerings__starts_at__lte=now).first()
    if page is None:
        return 0
    moved, dates = 0, list(page.offerings.all())
    for dated in dates:
        planned = wanted.offerings[dated.sort_order] if (dated.sort_order or 0) < len(wanted.offerings) else None
        if dated.starts_at <= now and planned:
            fresh = _offering(planned, dated.sort_order, _zone(page), now)
            dated.starts_at, dated.ends_at = fresh.starts_at, fresh.ends_at
            dated.opens_at = dated.closes_at = None
            moved += 1
    page.offerings = dates
    page.save_revision(user=editor, log_action=True).publish(user=editor)
    return moved
