"""Structured data (schema.org) of events, with the seats that are left."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from academies.tenants import queries as tenants
from catalog.courses.models import Instructor
from catalog.courses.structured import Price
from catalog.events import structured
from catalog.events.models import EventPage
from catalog.library.types import Picture
from catalog.offerings.models import Offering
from commerce.storefront.structured_courses import images, publisher


def event_data(
    event: EventPage,
    offerings: Sequence[Offering],
    *,
    url: str,
    left: dict[Any, int | None],
    speakers: Iterable[Instructor],
    picture: Picture | None,
) -> list[dict[str, Any]]:
    """Return schema.org's EducationEvent for each date. url: absolute.  left: seats left by the offering's id."""
    zone = ZoneInfo(event.venue.time_zone if event.venue else tenants.current().time_zone)
    whenever = structured.EventJsonLd(
        name=event.title,
        description=event.summary or event.search_description,
        url=url,
        publisher=publisher(),
        starts_at="",
        ends_at="",
        place=_place(event),
        language=event.locale.language_code,
        images=images(picture),
        speakers=[person.name for person in speakers],
    )
    return [structured.event(_on(date, whenever, zone=zone, left=left.get(date.pk))) for date in offerings]


def _on(date: Offering, event: structured.EventJsonLd, *, zone: ZoneInfo, left: int | None) -> structured.EventJsonLd:
    return replace(
        event,
        name=f"{event.name}: {date.title}" if date.title else event.name,
        starts_at=date.starts_at.astimezone(zone).isoformat(),
        ends_at=date.ends_at.astimezone(zone).isoformat(),
        price=_price(date, left, event.url),
        seats=date.seats,
        seats_left=left,
        **_state(date, zone),
    )


def _state(date: Offering, zone: ZoneInfo) -> dict[str, Any]:
    if date.is_cancelled:
        return {"status": "EventCancelled"}
    if date.previous_starts_at is None:
        return {}
    return {"status": "EventRescheduled", "previous_start": date.previous_starts_at.astimezone(zone).isoformat()}


def _place(event: EventPage) -> structured.JsonLdPlace | None:
    if event.attendance == EventPage.Attendance.ONLINE:
        return None
    venue = event.venue
    if venue is None:
        return structured.JsonLdPlace(name=tenants.current().name)
    return structured.JsonLdPlace(venue.name, venue.address, venue.city, venue.country, venue.map_url)


def _price(offering: Offering, left: int | None, url: str) -> Price:
    # The checkout isn't open to search engines; the event's own page is where a seat is taken.
    return Price(
        amount=offering.price.major,
        currency=offering.currency,
        url=url,
        available=(left is None or left > 0) and not offering.is_cancelled,
        opens_at=offering.opens_at.isoformat() if offering.opens_at else "",
    )
