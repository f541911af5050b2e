"""Doors of `/api/v2/` that show seats, and one's own enrolments and registrations.

Events and dates are catalogue and seats are counted here, so the catalogue makes the cards and this room lays the seats
over them and registers the endpoints.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from wagtail.rich_text import expand_db_html

from academies.kernel import clock
from catalog.api.base import invalid_param, parse_number
from catalog.api.listing import OwnCardViewSet, PublicCardViewSet, Row
from catalog.api.url_builder import UrlBuilder
from catalog.courses import queries as courses
from catalog.events import queries as events
from catalog.events.models import EventPage, Venue
from catalog.library.queries import pictures
from catalog.offerings import queries as dates
from catalog.offerings.models import Offering
from commerce.enrolments import queries, structured
from commerce.enrolments.models import Enrolment, Registration

_WHEN = ("upcoming", "past", "all")
_PLACE = ("name", "slug", "address", "city", "country", "time_zone", "map_url", "getting_there", "accessibility")


def _when(params: Mapping[str, str], default: str) -> str:
    asked = params.get("when", default)
    if asked not in _WHEN:
        raise invalid_param("when", f"must be one of {', '.join(_WHEN)}")
    return asked


class EventsAPI(PublicCardViewSet):
    """Events with their next date, what comes next first; `events/<id>/` with every date, the place and the speakers."""

    model = EventPage
    endpoint = "events"
    columns = events.CARD_COLUMNS
    exact = {
        "id": ("pk", parse_number),
        "slug": ("slug", str),
        "category": ("category__slug", str),
        "venue": ("venue__slug", str),
        "attendance": ("attendance", str),
        "language": ("locale__language_code", str),
    }
    extra_parameters = frozenset({"when"})
    ordering = events.NEXT_FIRST
    orders = {
        "starts_at": "next_start",
        "title": "title",
        "id": "pk",
        "first_published_at": "first_published_at",
        "updated_at": "last_published_at",
    }
    card_fields = (
        "id", "title", "slug", "summary", "html_url", "image", "attendance", "language", "category", "venue",
        "time_zone", "offering", "starts_at", "ends_at", "status", "previous_starts_at", "registration", "price",
        "seats", "seats_left",
        "waiting_list", "cpd_minutes", "date_count", "first_published_at", "updated_at",
    )  # fmt: skip
    whole_fields = (
        "description", "agenda", "refund_policy", "full_refund_days", "late_refund_percent", "offerings", "place",
        "speakers", "structured_data", "seo_title", "search_description",
    )  # fmt: skip

    def rows(self) -> QuerySet[EventPage]:
        return events.public_events()

    def annotated(self, rows: QuerySet[EventPage]) -> QuerySet[EventPage]:
        return events.with_next_date(rows, clock.now())

    def narrowed(self, rows: QuerySet[EventPage]) -> QuerySet[EventPage]:
        rows, when = super().narrowed(rows), _when(self.request.GET, "all")
        if when == "all":
            return rows
        # A date that was cancelled keeps its event among what is to come until it would have been over.
        now = clock.now()
        over = Q(last_end__lte=now) | Q(last_end=None)
        return rows.filter(last_end__gt=now) if when == "upcoming" else rows.filter(over)

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        now, by_event = clock.now(), dates.dates_of(row["id"] for row in rows)
        shown = [dates.next_of(by_event[row["id"]], now) for row in rows if by_event[row["id"]]]
        left = queries.seats_left(one for one in shown if one)
        made = events.cards(rows, by_event, pictures(row["cover_id"] for row in rows), UrlBuilder(), now)
        return _with_seats(made, left)

    def whole(self, row: Row) -> Row:
        now, shown, by_event = clock.now(), pictures([row["cover_id"]]), dates.dates_of([row["id"]])
        offered = by_event[row["id"]]
        left = queries.seats_left(offered)
        (card,) = _with_seats(events.cards([row], by_event, shown, UrlBuilder(), now), left)
        event = EventPage.objects.select_related("venue", "locale").get(pk=row["id"])
        speaking = events.speakers(event)
        return {
            **card,
            "description": expand_db_html(event.description),
            "agenda": expand_db_html(event.agenda),
            "refund_policy": event.refund_policy,
            "full_refund_days": event.full_refund_days,
            "late_refund_percent": event.late_refund_percent,
            "offerings": [{**dates.as_json(one, now), "seats_left": left[one.pk]} for one in offered],
            "place": _place(event.venue),
            "speakers": courses.people(speaking),
            "structured_data": structured.event_data(
                event, offered, url=card["html_url"], left=left, speakers=speaking, picture=shown.get(row["cover_id"])
            ),
            "seo_title": event.seo_title,
            "search_description": event.search_description,
        }


def _with_seats(cards: Iterable[Row], left: Mapping[UUID, int | None]) -> list[Row]:
    by_date = {str(pk): seats for pk, seats in left.items()}
    return [{**card, "seats_left": by_date.get(card["offering"])} for card in cards]


def _place(venue: Venue | None) -> Row | None:
    return {name: getattr(venue, name) for name in _PLACE} if venue else None


class OfferingsAPI(PublicCardViewSet):
    """Dates of public events with the seats that are left, the earliest first; those to come unless `when` says otherwise."""

    model = Offering
    endpoint = "offerings"
    id_converter = "uuid"
    read_id = UUID
    searchable = False
    columns = ("pk", "page_id")
    exact = {"event": ("page", parse_number), "event_slug": ("page__slug", str)}
    extra_parameters = frozenset({"when"})
    ordering = ("starts_at", "pk")
    orders = {"starts_at": "starts_at", "ends_at": "ends_at", "price": "price_minor"}
    card_fields = (
        "id", "title", "slug", "summary", "html_url", "image", "event", "attendance", "language", "time_zone",
        "starts_at", "ends_at", "status", "previous_starts_at",
        "opens_at", "closes_at", "registration", "seats", "seats_left", "waiting_list",
        "price", "cpd_minutes",
    )  # fmt: skip

    def rows(self) -> QuerySet[Offering]:
        return Offering.objects.filter(page__in=events.public_events().values("pk"))

    def narrowed(self, rows: QuerySet[Offering]) -> QuerySet[Offering]:
        rows, when, now = super().narrowed(rows), _when(self.request.GET, "upcoming"), clock.now()
        if when == "all":
            return rows
        return rows.filter(ends_at__gt=now) if when == "upcoming" else rows.filter(ends_at__lte=now)

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        now, addresses = clock.now(), UrlBuilder()
        offered = Offering.objects.in_bulk([row["pk"] for row in rows])
        pages = list(EventPage.objects.filter(pk__in=[row["page_id"] for row in rows]).values(*events.CARD_COLUMNS))
        covers = pictures(page["cover_id"] for page in pages)
        about = {card["id"]: card for card in events.cards(pages, {}, covers, addresses, now)}
        left = queries.seats_left(offered.values())
        return [
            _date_card(offered[row["pk"]], about[row["page_id"]], dates.as_json(offered[row["pk"]], now))
            | {"seats_left": left[row["pk"]]}
            for row in rows
        ]


def _date_card(offering: Offering, about: Row, date: Row) -> Row:
    event = {name: about[name] for name in ("id", "title", "slug", "html_url")}
    shared = {
        name: about[name] for name in ("slug", "summary", "html_url", "image", "attendance", "language", "time_zone")
    }
    return {**date, **shared, "title": offering.title or about["title"], "event": event}


class EnrollmentsAPI(OwnCardViewSet):
    """One's own enrolments."""

    model = Enrolment
    endpoint = "enrollments"
    columns = (
        "id", "course_id", "course_title", "course__slug", "course__url_path", "course__live", "percent", "enrolled_at",
        "completed_at", "ended_at", "status_now", "access_ends_at",
    )  # fmt: skip
    exact = {"status": ("status_now", str), "course": ("course", parse_number)}
    orders = {"enrolled_at": "enrolled_at", "completed_at": "completed_at", "percent": "percent"}
    card_fields = (
        "id", "course", "status", "percent", "enrolled_at", "completed_at", "ended_at", "access_ends_at",
    )  # fmt: skip

    def rows(self) -> QuerySet:
        return super().rows().with_access(clock.now())  # type: ignore[attr-defined]

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        addresses = UrlBuilder()
        return [
            {
                "id": str(row["id"]),
                "course": {
                    "id": row["course_id"],
                    "title": row["course_title"],
                    "slug": row["course__slug"],
                    "html_url": addresses.full(row["course__url_path"]) if row["course__live"] else None,
                },
                "status": row["status_now"],
                **{
                    name: row[name] for name in ("percent", "enrolled_at", "completed_at", "ended_at", "access_ends_at")
                },
            }
            for row in rows
        ]


class RegistrationsAPI(OwnCardViewSet):
    """One's own seats and places in line."""

    model = Registration
    endpoint = "registrations"
    columns = (
        "id", "status", "hold_until", "created_at", "confirmed_at", "ended_at", "offering_id", "offering__title",
        "offering__starts_at", "offering__ends_at", "offering__page_id", "offering__page__title",
        "offering__page__slug", "offering__page__url_path", "people_before",
    )  # fmt: skip
    exact = {"status": ("status", str), "event": ("offering__page", parse_number), "offering": ("offering", UUID)}
    orders = {"created_at": "created_at", "starts_at": "offering__starts_at"}
    card_fields = (
        "id", "status", "waitlist_position", "event", "offering", "hold_until", "created_at", "confirmed_at", "ended_at",
    )  # fmt: skip

    def annotated(self, rows: QuerySet[Registration]) -> QuerySet[Registration]:
        return queries.with_place_in_line(rows)

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        addresses = UrlBuilder()
        return [
            {
                "id": str(row["id"]),
                "status": row["status"],
                "waitlist_position": row["people_before"] + 1 if row["status"] == "waitlisted" else None,
                "event": {
                    "id": row["offering__page_id"],
                    "title": row["offering__page__title"],
                    "slug": row["offering__page__slug"],
                    "html_url": addresses.full(row["offering__page__url_path"]),
                },
                "offering": {
                    "id": str(row["offering_id"]),
                    "title": row["offering__title"],
                    "starts_at": row["offering__starts_at"],
                    "ends_at": row["offering__ends_at"],
                },
                **{name: row[name] for name in ("hold_until", "created_at", "confirmed_at", "ended_at")},
            }
            for row in rows
        ]
