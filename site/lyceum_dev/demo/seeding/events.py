"""Creates events, with dates relative to the day of seeding."""

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
def seed(content: loader.Event, schema: str, editor: User, now: datetime) -> None:
    if EventPage.objects.filter(slug=content.slug).exists():
        return
    page = EventPage(
        slug=content.slug,
        title=content.title,
        summary=content.summary,
        cover=library.picture(content.picture, f"Cover: {content.title}", schema, editor),
        category=Category.objects.get(slug=content.category),
        attendance=content.attendance,
        venue=Venue.objects.filter(slug=content.venue).first(),
        description=prose.html(content.description),
        agenda=prose.html(content.agenda),
        joining_instructions=content.joining_instructions,
        full_refund_days=content.full_refund_days,
        refund_policy=content.refund_policy,
        search_description=content.summary,
    )
    page.event_speakers = [
        EventSpeaker(instructor=Instructor.objects.get(slug=slug), sort_order=order)
        for order, slug in enumerate(content.speakers)
    ]
    page.offerings = [_offering(offering, order, _zone(page), now) for order, offering in enumerate(content.offerings)]
    publish(page, EventIndexPage.objects.get(), editor)


def _zone(page: EventPage) -> ZoneInfo:
    return ZoneInfo(page.venue.time_zone if page.venue else tenants.current().time_zone)


def _offering(content: loader.Offering, order: int, zone: ZoneInfo, now: datetime) -> Offering:
    starts_at = begins(content, now.astimezone(zone).date(), zone)
    return Offering(
        title=content.title,
        sort_order=order,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=content.minutes),
        seats=content.seats,
        waiting_list=content.waiting_list,
        price_minor=content.price_minor,
        cpd_minutes=content.cpd_minutes,
    )


def begins(content: loader.Offering, today: date, zone: ZoneInfo) -> datetime:
    """Return the start of a date: some days from today, moved on to its weekday, at its local time."""
    day = today + timedelta(days=content.days)
    if content.weekday is not None:
        day += timedelta(days=(content.weekday - day.weekday()) % 7)
    return datetime.combine(day, time.fromisoformat(content.at), zone)


@transaction.atomic
def move(content: loader.Event, editor: User, now: datetime) -> int:
    """Move the past dates of an event into the future. Their seats stay as they are. Returns how many moved."""
    page = EventPage.objects.filter(slug=content.slug, offerings__starts_at__lte=now).first()
    if page is None:
        return 0
    moved, dates = 0, list(page.offerings.all())
    for dated in dates:
        planned = content.offerings[dated.sort_order] if (dated.sort_order or 0) < len(content.offerings) else None
        if dated.starts_at <= now and planned:
            fresh = _offering(planned, dated.sort_order, _zone(page), now)
            dated.starts_at, dated.ends_at = fresh.starts_at, fresh.ends_at
            dated.opens_at = dated.closes_at = None
            moved += 1
    page.offerings = dates
    page.save_revision(user=editor, log_action=True).publish(user=editor)
    return moved
