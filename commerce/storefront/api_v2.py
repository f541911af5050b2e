"""Courses with their prices, events and dates with their seats, in `/api/v2/`."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from academies.kernel import clock
from catalog.api.cards import Row
from catalog.api.listing import PublicCardViewSet
from catalog.api.params import invalid_param, parse_boolean, parse_number
from catalog.courses import queries as courses
from catalog.courses.models import CoursePage
from catalog.events import queries as events
from catalog.events.models import EventPage
from catalog.offerings.models import Offering
from commerce.plans.models import Plan
from commerce.storefront.course_cards import CourseCard, CourseDetail, course_cards, course_detail
from commerce.storefront.event_cards import (
    EventCard,
    EventDetail,
    ListedOfferingCard,
    event_cards,
    event_detail,
    listed_offerings,
)

_WHEN = ("upcoming", "past", "all")


def _when(params: Mapping[str, str], default: str) -> str:
    value = params.get("when", default)
    if value not in _WHEN:
        raise invalid_param("when", f"must be one of {', '.join(_WHEN)}")
    return value


class CoursesAPI(PublicCardViewSet):
    """Courses with the first of their prices; `courses/<id>/` with everything their page shows."""

    model = CoursePage
    endpoint = "courses"
    card_class, detail_class = CourseCard, CourseDetail
    filters = {
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

    def rows(self) -> QuerySet[CoursePage]:
        rows = courses.public_courses()
        if "free" in self.request.GET:
            free = Plan.objects.filter(Q(all_courses=True) | Q(courses=OuterRef("pk")), on_sale=True, price_minor=0)
            rows = rows.annotate(is_free=Exists(free))
        return rows

    def get_cards(self, rows: Sequence[Row]) -> list[CourseCard]:
        return course_cards(rows)

    def get_detail(self, row: Row) -> CourseDetail:
        return course_detail(row)


class EventsAPI(PublicCardViewSet):
    """Events with their next date, what comes next first; `events/<id>/` with every date, the place and the speakers."""

    model = EventPage
    endpoint = "events"
    card_class, detail_class = EventCard, EventDetail
    filters = {
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

    def rows(self) -> QuerySet[EventPage]:
        return events.public_events()

    def annotate(self, rows: QuerySet[EventPage]) -> QuerySet[EventPage]:
        return events.with_next_date(rows, clock.now())

    def filtered(self, rows: QuerySet[EventPage]) -> QuerySet[EventPage]:
        rows, when = super().filtered(rows), _when(self.request.GET, "all")
        if when == "all":
            return rows
        # A date that was cancelled keeps its event among the upcoming ones until it would have been over.
        now = clock.now()
        over = Q(last_end__lte=now) | Q(last_end=None)
        return rows.filter(last_end__gt=now) if when == "upcoming" else rows.filter(over)

    def get_cards(self, rows: Sequence[Row]) -> list[EventCard]:
        return event_cards(rows, clock.now())

    def get_detail(self, row: Row) -> EventDetail:
        return event_detail(row, clock.now())


class OfferingsAPI(PublicCardViewSet):
    """Dates of public events with the seats that are left, the earliest first; only upcoming ones unless `when` is given."""

    model = Offering
    endpoint = "offerings"
    id_converter = "uuid"
    parse_id = UUID
    searchable = False
    card_class = ListedOfferingCard
    filters = {"event": ("page", parse_number), "event_slug": ("page__slug", str)}
    extra_parameters = frozenset({"when"})
    ordering = ("starts_at", "pk")
    orders = {"starts_at": "starts_at", "ends_at": "ends_at", "price": "price_minor"}

    def rows(self) -> QuerySet[Offering]:
        return Offering.objects.filter(page__in=events.public_events().values("pk"))

    def filtered(self, rows: QuerySet[Offering]) -> QuerySet[Offering]:
        rows, when, now = super().filtered(rows), _when(self.request.GET, "upcoming"), clock.now()
        if when == "all":
            return rows
        return rows.filter(ends_at__gt=now) if when == "upcoming" else rows.filter(ends_at__lte=now)

    def get_cards(self, rows: Sequence[Row]) -> list[ListedOfferingCard]:
        return listed_offerings(rows, clock.now())
