"""What programs read about events and their dates: cards in lists, and everything that an event's page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from wagtail.rich_text import expand_db_html

from academies.kernel.money import Money
from academies.tenants import queries as tenants
from catalog.api.cards import Card, Row, column, computed
from catalog.api.url_builder import UrlBuilder
from catalog.courses.cards import PersonCard, people
from catalog.events import queries as events
from catalog.events.models import EventPage, Venue
from catalog.library.queries import pictures
from catalog.library.types import Image, Picture
from catalog.offerings import queries as dates
from catalog.offerings.cards import OfferingCard, RegistrationState, Status, offering_card
from catalog.offerings.models import Offering
from commerce.enrolments import queries as enrolments
from commerce.storefront import structured_events
from commerce.storefront.course_cards import CategoryLink, category_link

Attendance = Literal["in_person", "online"]

_NO_PICTURE = Picture("")


@dataclass(frozen=True, slots=True)
class VenueLink:
    slug: str
    name: str
    city: str
    country: str


@dataclass(slots=True, kw_only=True)
class EventCard(Card):
    """An event with its next date. Everything about the date is null for an event without one."""

    id: int = column()
    title: str = column()
    slug: str = column()
    summary: str = column()
    html_url: str = computed("url_path")
    image: Image | None = computed("cover_id")
    attendance: Attendance = column()
    language: str = column("locale__language_code")
    category: CategoryLink | None = computed("category__slug", "category__name")
    venue: VenueLink | None = computed("venue__slug", "venue__name", "venue__city", "venue__country")
    time_zone: str = computed("venue__time_zone")
    offering: UUID | None = computed()
    starts_at: datetime | None = computed()
    ends_at: datetime | None = computed()
    status: Status | None = computed()
    previous_starts_at: datetime | None = computed()
    registration: RegistrationState | None = computed()
    price: Money | None = computed()
    seats: int | None = computed()
    seats_left: int | None = computed()
    waiting_list: bool | None = computed()
    cpd_minutes: int | None = computed()
    date_count: int = computed()
    first_published_at: datetime | None = column()
    updated_at: datetime | None = column("last_published_at")


# What an event card says of its next date, besides its id and its seats left.
_OF_THE_DATE = (
    "starts_at", "ends_at", "status", "previous_starts_at", "registration", "price", "seats", "waiting_list",
    "cpd_minutes",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class SeatedOfferingCard(OfferingCard):
    """A date with the seats that are left."""

    seats_left: int | None


# --- One event ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class VenueAddress:
    name: str
    slug: str
    address: str
    city: str
    country: str
    time_zone: str
    map_url: str
    getting_there: str
    accessibility: str


@dataclass(slots=True, kw_only=True)
class EventDetail(EventCard):
    description: str
    agenda: str
    refund_policy: str
    full_refund_days: int | None
    late_refund_percent: int
    offerings: list[SeatedOfferingCard]
    place: VenueAddress | None
    speakers: list[PersonCard]
    structured_data: list[dict[str, Any]]
    seo_title: str
    search_description: str


# --- Dates in a list ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class EventLink:
    id: int
    title: str
    slug: str
    html_url: str


@dataclass(slots=True, kw_only=True)
class ListedOfferingCard(SeatedOfferingCard):
    """A date with what its event shares with it."""

    id: UUID = computed("pk")
    slug: str
    summary: str
    html_url: str
    image: Image | None
    event: EventLink = computed("page_id")
    attendance: Attendance
    language: str
    time_zone: str


# --- Reading them ---------------------------------------------------------------------------------------------------
def event_cards(rows: Sequence[Row], now: datetime) -> list[EventCard]:
    """Return the cards of rows with the columns of EventCard, in their order. Three queries: dates, seats, pictures."""
    by_event = dates.dates_of(row["id"] for row in rows)
    shown = [dates.next_of(by_event[row["id"]], now) for row in rows if by_event[row["id"]]]
    reader = _Reader.of(rows, now, enrolments.seats_left(offering for offering in shown if offering))
    return [reader.card(row, by_event[row["id"]]) for row in rows]


def event_detail(row: Row, now: datetime) -> EventDetail:
    """Return everything about the event of a row with the columns of EventDetail."""
    offerings = dates.dates_of([row["id"]])[row["id"]]
    reader = _Reader.of([row], now, enrolments.seats_left(offerings))
    card = reader.card(row, offerings)
    event = EventPage.objects.select_related("venue", "locale").get(pk=row["id"])
    speakers = events.speakers(event)
    return card.extended(
        EventDetail,
        description=expand_db_html(event.description),
        agenda=expand_db_html(event.agenda),
        refund_policy=event.refund_policy,
        full_refund_days=event.full_refund_days,
        late_refund_percent=event.late_refund_percent,
        offerings=[reader.seated(offering) for offering in offerings],
        place=_address(event.venue),
        speakers=people(speakers),
        structured_data=structured_events.event_data(
            event,
            offerings,
            url=card.html_url,
            left=reader.seats_left,
            speakers=speakers,
            picture=reader.covers.get(row["cover_id"]),
        ),
        seo_title=event.seo_title,
        search_description=event.search_description,
    )


def listed_offerings(rows: Sequence[Row], now: datetime) -> list[ListedOfferingCard]:
    """Return the cards of rows with the columns of ListedOfferingCard. Four queries: dates, events, seats, pictures."""
    offerings = Offering.objects.in_bulk([row["pk"] for row in rows])
    pages = list(EventPage.objects.filter(pk__in=[row["page_id"] for row in rows]).values(*EventCard.columns()))
    reader = _Reader.of(pages, now, enrolments.seats_left(offerings.values()))
    by_page = {page["id"]: reader.card(page, []) for page in pages}
    return [_listed(reader.seated(offerings[row["pk"]]), by_page[row["page_id"]]) for row in rows]


@dataclass(frozen=True, slots=True)
class _Reader:
    """What the cards of a list share. covers: by the picture's id.  seats_left: by the date's id."""

    covers: Mapping[int, Picture]
    seats_left: dict[UUID, int | None]
    urls: UrlBuilder
    time_zone: str
    now: datetime

    @classmethod
    def of(cls, rows: Sequence[Row], now: datetime, seats_left: dict[UUID, int | None]) -> "_Reader":
        covers = pictures(row["cover_id"] for row in rows)
        return cls(covers, seats_left, UrlBuilder(), tenants.current().time_zone, now)

    def card(self, row: Row, offerings: list[Offering]) -> EventCard:
        return EventCard.from_row(
            row,
            html_url=self.urls.full(row["url_path"]),
            image=self.covers.get(row["cover_id"], _NO_PICTURE).image,
            category=category_link(row),
            venue=_venue_link(row),
            time_zone=row["venue__time_zone"] or self.time_zone,
            date_count=len(offerings),
            **self._next_date(dates.next_of(offerings, self.now)),
        )

    def _next_date(self, offering: Offering | None) -> dict[str, Any]:
        if offering is None:
            return dict.fromkeys(("offering", *_OF_THE_DATE, "seats_left"))
        card = offering_card(offering, self.now)
        values = {name: getattr(card, name) for name in _OF_THE_DATE}
        return {**values, "offering": card.id, "seats_left": self.seats_left[offering.pk]}

    def seated(self, offering: Offering) -> SeatedOfferingCard:
        return offering_card(offering, self.now).extended(SeatedOfferingCard, seats_left=self.seats_left[offering.pk])


def _listed(card: SeatedOfferingCard, event: EventCard) -> ListedOfferingCard:
    listed = card.extended(
        ListedOfferingCard,
        slug=event.slug,
        summary=event.summary,
        html_url=event.html_url,
        image=event.image,
        event=EventLink(event.id, event.title, event.slug, event.html_url),
        attendance=event.attendance,
        language=event.language,
        time_zone=event.time_zone,
    )
    listed.title = card.title or event.title
    return listed


def _venue_link(row: Row) -> VenueLink | None:
    if not row["venue__slug"]:
        return None
    return VenueLink(row["venue__slug"], row["venue__name"], row["venue__city"], row["venue__country"])


def _address(venue: Venue | None) -> VenueAddress | None:
    if venue is None:
        return None
    return VenueAddress(
        name=venue.name,
        slug=venue.slug,
        address=venue.address,
        city=venue.city,
        country=venue.country,
        time_zone=venue.time_zone,
        map_url=venue.map_url,
        getting_there=venue.getting_there,
        accessibility=venue.accessibility,
    )
