"""Courses with their prices, events and dates with their seats, in `/api/v2/`."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.rich_text import expand_db_html

from academies.kernel import clock
from academies.tenants import queries as tenants
from catalog.api.base import invalid_param, parse_boolean, parse_number
from catalog.api.listing import PublicCardViewSet, Row
from catalog.api.url_builder import UrlBuilder
from catalog.courses import queries as courses
from catalog.courses.models import CoursePage
from catalog.events import queries as events
from catalog.events.models import EventPage, Venue
from catalog.library.queries import pictures
from catalog.library.types import Picture
from catalog.offerings import queries as dates
from catalog.offerings.models import Offering
from commerce.enrolments import queries as enrolments
from commerce.plans import queries as plans
from commerce.plans.models import Plan
from commerce.plans.types import Offer
from commerce.storefront import structured_courses, structured_events


class CoursesAPI(PublicCardViewSet):
    """Courses with the first of their prices; `courses/<id>/` with everything their page shows."""

    model = CoursePage
    endpoint = "courses"
    columns = courses.CARD_COLUMNS
    exact = {
        "id": ("pk", parse_number),
        "slug": ("slug", str),
        "level": ("level", str),
        "category": ("category__slug", str),
        "language": ("locale__language_code", str),
        "instructor": ("course_instructors__instructor__slug", str),
        "gives_certificate": ("gives_certificate", parse_boolean),
        "free": ("is_free", parse_boolean),
    }
    ordering = ("title", "pk")
    orders = {
        "title": "title",
        "id": "pk",
        "first_published_at": "first_published_at",
        "updated_at": "last_published_at",
        "level": "level",
    }
    card_fields = (
        "id", "title", "slug", "summary", "html_url", "image", "level", "language", "category", "effort",
        "lesson_count", "minutes", "gives_certificate", "cpd_credits", "first_published_at", "updated_at",
        "price", "price_interval",
    )  # fmt: skip
    whole_fields = (
        "description", "outcomes", "audience", "prerequisites", "refund_policy", "faq", "certificate", "outline",
        "instructors", "offers", "structured_data", "seo_title", "search_description",
    )  # fmt: skip

    def rows(self) -> QuerySet[CoursePage]:
        rows = courses.public_courses()
        if "free" in self.request.GET:
            gratis = Plan.objects.filter(Q(all_courses=True) | Q(courses=OuterRef("pk")), on_sale=True, price_minor=0)
            rows = rows.annotate(is_free=Exists(gratis))
        return rows

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        offers = plans.offers_for(row["translation_key"] for row in rows)
        return self._priced(rows, offers, pictures(row["cover_id"] for row in rows))

    def _priced(
        self, rows: Sequence[Row], offers: Mapping[UUID, list[Offer]], shown: Mapping[int, Picture]
    ) -> list[Row]:
        made = courses.cards(rows, UrlBuilder(), shown)
        for card, row in zip(made, rows, strict=True):
            first = next(iter(offers[row["translation_key"]]), None)
            card["price"] = first and first.price.as_json()
            card["price_interval"] = first and first.interval
        return made

    def whole(self, row: Row) -> Row:
        by_course, shown = plans.offers_for([row["translation_key"]]), pictures([row["cover_id"]])
        (card,) = self._priced([row], by_course, shown)
        course = CoursePage.objects.select_related("category", "locale").get(pk=row["id"])
        outline, taught_by = courses.outline(course), courses.instructors(course)
        offers = by_course[row["translation_key"]]
        return {
            **card,
            **_words(course),
            "outline": outline.as_json(tenants.current_base_url()),
            "instructors": courses.people(taught_by),
            "offers": [offer.as_json() for offer in offers],
            "structured_data": structured_courses.course_data(
                course,
                url=card["html_url"],
                outline=outline,
                instructors=taught_by,
                offers=offers,
                picture=shown.get(row["cover_id"]),
            ),
        }


def _words(course: CoursePage) -> Row:
    return {
        "description": expand_db_html(course.description),
        "outcomes": [str(outcome.value) for outcome in course.outcomes],
        "audience": course.audience,
        "prerequisites": course.prerequisites,
        "refund_policy": course.refund_policy,
        "faq": [{"question": one.value["question"], "answer": one.value["answer"]} for one in course.faq],
        "certificate": {
            "title": course.certificate_title or course.title,
            "hours": course.certificate_hours and str(course.certificate_hours),
            "cpd_credits": str(course.cpd_credits),
        }
        if course.gives_certificate
        else None,
        "seo_title": course.seo_title,
        "search_description": course.search_description,
    }


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
        left = enrolments.seats_left(one for one in shown if one)
        made = events.cards(rows, by_event, pictures(row["cover_id"] for row in rows), UrlBuilder(), now)
        return _with_seats(made, left)

    def whole(self, row: Row) -> Row:
        now, shown, by_event = clock.now(), pictures([row["cover_id"]]), dates.dates_of([row["id"]])
        offered = by_event[row["id"]]
        left = enrolments.seats_left(offered)
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
            "structured_data": structured_events.event_data(
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
        left = enrolments.seats_left(offered.values())
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
