"""Dates as iCalendar (RFC 5545): what calendars subscribe to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from icalendar import vUri as Uri

from academies.tenants import cache_version
from academies.tenants import queries as tenants
from catalog.api.url_builder import UrlBuilder
from catalog.events.models import EventPage
from catalog.events.queries import public_events
from catalog.offerings.models import Offering

CONTENT_TYPE = "text/calendar; charset=utf-8"
MOST = 500
AFTERWARDS = timedelta(days=30)


@dataclass(frozen=True)
class Entry:
    """One date in a calendar. uid: the same for the same date for ever.  changed_at: when what it says last changed.

    sequence: how often it was moved or cancelled; calendars take over what has a higher one.
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    description: str = ""
    place: str = ""
    url: str = ""
    tentative: bool = False
    cancelled: bool = False
    sequence: int = 0


def public_entries(now: datetime) -> list[Entry]:
    """Return the dates of public events to come, and those of the last month so that they don't vanish. Two queries."""
    shown = Offering.objects.filter(page__in=public_events().values("pk"), ends_at__gt=now - AFTERWARDS)
    dates = list(shown.select_related("page__eventpage__venue").order_by("starts_at", "pk")[:MOST])
    if dates:
        cache_version.expires_at(min(date.ends_at for date in dates) + AFTERWARDS)
    addresses = UrlBuilder()
    return [entry_of(date, addresses) for date in dates]


def entry_of(offering: Offering, addresses: UrlBuilder, *, note: str = "", tentative: bool = False) -> Entry:
    """Return a date as its calendar entry. Needs `page__eventpage__venue`.  note: what only this reader may read."""
    event: EventPage = offering.page.eventpage
    return Entry(
        uid=f"{offering.pk}@{tenants.current().schema_name}.lyceum",
        title=f"{event.title}: {offering.title}" if offering.title else event.title,
        starts_at=offering.starts_at,
        ends_at=offering.ends_at,
        changed_at=max(filter(None, (offering.changed_at, event.last_published_at)), default=offering.starts_at),
        description="\n\n".join(filter(None, (event.summary, note))),
        place=_place(event),
        url=addresses.full(event.url_path),
        tentative=tentative,
        cancelled=offering.is_cancelled,
        sequence=offering.sequence,
    )


def _place(event: EventPage) -> str:
    if event.venue is None:
        return ""
    address = " ".join(event.venue.address.split())
    return ", ".join(filter(None, (event.venue.name, address, event.venue.city)))


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """Return a calendar. Times are in UTC, so that it needs no table of time zones."""
    feed = Calendar()
    feed.add("prodid", "-//Lyceum//Events//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", name)
    feed.add("refresh-interval", timedelta(hours=1), {"VALUE": "DURATION"})
    for entry in entries:
        feed.add_component(_event(entry))
    return feed.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", entry.title)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    if entry.description:
        event.add("description", entry.description)
    if entry.place:
        event.add("location", entry.place)
    if entry.url:
        event.add("url", Uri(entry.url))
    return event
