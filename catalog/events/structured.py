"""What search engines read about an event: schema.org dictionaries. Pure: strings in, dictionaries out.

Source: schema.org EducationEvent, Place, VirtualLocation; Google's "Event" guide asks for name, startDate with its offset
and location.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.courses.structured import CONTEXT, Ld, Price, Publisher, offer, organization, without_blanks


@dataclass(frozen=True)
class JsonLdPlace:
    name: str
    street: str = ""
    city: str = ""
    country: str = ""
    map_url: str = ""


@dataclass(frozen=True)
class EventJsonLd:
    """One date of an event. starts_at, ends_at: ISO 8601 with offset.  place: None is online.

    status: schema.org's EventStatusType.  previous_start: ISO 8601, of a date that was moved.
    """

    name: str
    description: str
    url: str
    publisher: Publisher
    starts_at: str
    ends_at: str
    place: JsonLdPlace | None
    language: str = ""
    images: Sequence[str] = ()
    speakers: Sequence[str] = ()
    price: Price | None = None
    seats: int | None = None
    seats_left: int | None = None
    status: str = "EventScheduled"
    previous_start: str = ""


def event(facts: EventJsonLd) -> Ld:
    mode = "OnlineEventAttendanceMode" if facts.place is None else "OfflineEventAttendanceMode"
    return without_blanks(
        {
            "@context": CONTEXT,
            "@type": "EducationEvent",
            "@id": f"{facts.url}#{facts.starts_at}",
            "name": facts.name,
            "description": facts.description,
            "url": facts.url,
            "startDate": facts.starts_at,
            "endDate": facts.ends_at,
            "eventStatus": f"{CONTEXT}/{facts.status}",
            "previousStartDate": facts.previous_start,
            "eventAttendanceMode": f"{CONTEXT}/{mode}",
            "location": _location(facts),
            "inLanguage": facts.language,
            "image": list(facts.images),
            "organizer": organization(facts.publisher),
            "performer": [{"@type": "Person", "name": name} for name in facts.speakers],
            "offers": offer(facts.price) if facts.price else None,
            "isAccessibleForFree": facts.price is None or not facts.price.amount,
            "maximumAttendeeCapacity": facts.seats,
            "remainingAttendeeCapacity": facts.seats_left,
        }
    )


def _location(facts: EventJsonLd) -> Ld:
    place = facts.place
    if place is None:
        return {"@type": "VirtualLocation", "url": facts.url}
    address = without_blanks(
        {
            "@type": "PostalAddress",
            "streetAddress": place.street,
            "addressLocality": place.city,
            "addressCountry": place.country,
        }
    )
    return without_blanks({"@type": "Place", "name": place.name, "address": address, "hasMap": place.map_url})
