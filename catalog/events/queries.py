"""Reads about events: what is on, as rows for pages and as cards for programs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery

from academies.kernel import clock
from academies.tenants import cache_version
from academies.tenants import queries as tenants
from catalog.api.search import autocomplete, search
from catalog.api.url_builder import UrlBuilder
from catalog.courses.models import Category, Instructor
from catalog.events.models import EventPage
from catalog.library.models import Rendition
from catalog.library.rules import CARD
from catalog.library.types import Picture
from catalog.library.visibility import public
from catalog.offerings.models import Offering
from catalog.offerings.queries import next_of, state_of

PER_PAGE = 12
# What a card is made of, read in one query.
CARD_COLUMNS = (
    "id", "title", "slug", "url_path", "summary", "attendance", "cover_id", "first_published_at", "last_published_at",
    "category__slug", "category__name", "locale__language_code",
    "venue__slug", "venue__name", "venue__city", "venue__country", "venue__time_zone",
)  # fmt: skip
# By the columns of with_next_date: what comes next first, then what was, the latest first.
NEXT_FIRST = (F("next_start").asc(nulls_last=True), F("last_end").desc(nulls_last=True), "pk")
_NO_PICTURE = Picture("")


def public_events() -> QuerySet[EventPage]:
    return public(EventPage.objects.all())


def with_next_date(events: QuerySet[EventPage], now: datetime) -> QuerySet[EventPage]:
    """Annotate `next_start`, None when nothing is to come, and `last_end`, None when there never was a date."""
    dates = Offering.objects.filter(page=OuterRef("pk"))
    to_come = dates.filter(ends_at__gt=now, status=Offering.Status.SCHEDULED)
    to_come = to_come.order_by("starts_at").values("starts_at")[:1]
    over = dates.order_by("-ends_at").values("ends_at")[:1]
    return events.annotate(next_start=Subquery(to_come), last_end=Subquery(over))


def cards(
    rows: Sequence[Mapping[str, Any]],
    dates: Mapping[int, list[Offering]],
    shown: Mapping[int, Picture],
    addresses: UrlBuilder,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return JSON-ready cards of rows with CARD_COLUMNS, in their order, each with its next date. No query.

    shown: the pictures of their covers.
    """
    zone = tenants.current().time_zone
    return [
        {
            "id": row["id"],
            "title": row["title"],
            "slug": row["slug"],
            "summary": row["summary"],
            "html_url": addresses.full(row["url_path"]),
            "image": shown.get(row["cover_id"], _NO_PICTURE).as_json(),
            "attendance": row["attendance"],
            "language": row["locale__language_code"],
            "category": _part(row, "category", ("slug", "name")),
            "venue": _part(row, "venue", ("slug", "name", "city", "country")),
            "time_zone": row["venue__time_zone"] or zone,
            **_next_date(next_of(dates.get(row["id"], []), now), now),
            "date_count": len(dates.get(row["id"], [])),
            "first_published_at": row["first_published_at"],
            "updated_at": row["last_published_at"],
        }
        for row in rows
    ]


def _part(row: Mapping[str, Any], what: str, names: Sequence[str]) -> dict[str, Any] | None:
    """Return what a row says of something that it may lack."""
    return {name: row[f"{what}__{name}"] for name in names} if row[f"{what}__slug"] else None


_OF_A_DATE = (
    "offering", "starts_at", "ends_at", "status", "previous_starts_at", "registration", "price", "seats", "waiting_list",
    "cpd_minutes",
)  # fmt: skip


def _next_date(offering: Offering | None, now: datetime) -> dict[str, Any]:
    if offering is None:
        return dict.fromkeys(_OF_A_DATE, None)
    return {
        "offering": str(offering.pk),
        "starts_at": offering.starts_at,
        "ends_at": offering.ends_at,
        "status": offering.status,
        "previous_starts_at": offering.previous_starts_at,
        "registration": state_of(offering, now),
        "price": offering.price.as_json(),
        "seats": offering.seats,
        "waiting_list": offering.waiting_list,
        "cpd_minutes": offering.cpd_minutes,
    }


def speakers(event: EventPage) -> list[Instructor]:
    """Return who speaks at an event, in the order shown, with portraits. One query."""
    placed = Instructor.objects.filter(spoken_events__event=event.pk, live=True)
    return list(placed.select_related("portrait").order_by("spoken_events__sort_order", "pk"))


# --- The page of all events -----------------------------------------------------------------------------------------
def listing(params: Mapping[str, str]) -> dict[str, Any]:
    """Return the context of the event list: offerings (a Page of a paginator; .event is their page), and the filter.

    params: q, category (slug), past ("1"), attendance, page; what isn't known is as if it weren't there. At most seven
    queries, however many events there are.
    """
    now = clock.now()
    categories = list(Category.objects.order_by("name"))
    by_slug = {known.slug: known for known in categories}
    q, category, attendance = (params.get(name, "").strip() for name in ("q", "category", "attendance"))
    category = category if category in by_slug else ""
    attendance = attendance if attendance in EventPage.Attendance.values else ""
    past = params.get("past") == "1"
    events = public_events()
    if category:
        events = events.filter(category=by_slug[category])
    if attendance:
        events = events.filter(attendance=attendance)
    return {
        "offerings": _page_of_dates(_matching(events, q), past=past, now=now, number=params.get("page")),
        "categories": categories,
        "attendances": EventPage.Attendance.choices,
        "q": q,
        "category": category,
        "attendance": attendance,
        "past": past,
    }


def _matching(events: QuerySet[EventPage], q: str) -> QuerySet[EventPage]:
    if not q:
        return events
    words = search(events, q)
    return words if words.exists() else autocomplete(events, q)


def _page_of_dates(events: QuerySet[EventPage], *, past: bool, now: datetime, number: str | None) -> Any:
    dates = Offering.objects.filter(page__in=events.order_by().values("pk"))
    dates = dates.filter(ends_at__lte=now).order_by("-starts_at", "pk") if past else dates.filter(ends_at__gt=now)
    page = Paginator(dates if past else dates.order_by("starts_at", "pk"), PER_PAGE).get_page(number)
    page.object_list = with_events(list(page.object_list), now)
    return page


def next_dates(limit: int) -> list[Offering]:
    """Return the next dates of all public events that take place, each with its page as `.event`. Three queries."""
    now = clock.now()
    to_come = Offering.objects.filter(
        page__in=public_events().values("pk"), ends_at__gt=now, status=Offering.Status.SCHEDULED
    )
    return with_events(list(to_come.order_by("starts_at", "pk")[:limit]), now)


def with_events(offerings: list[Offering], now: datetime) -> list[Offering]:
    """Give each date its page as `.event`, with what a row shows. Two queries."""
    sizes = Prefetch("cover__renditions", Rendition.objects.filter(filter_spec__in=list(CARD.values())))
    events = EventPage.objects.select_related("category", "cover", "venue").prefetch_related(sizes)
    by_page = events.in_bulk({one.page_id for one in offerings})
    for one in offerings:
        one.event = by_page[one.page_id]  # type: ignore[attr-defined]
    cache_version.expires_at(*(one.ends_at for one in offerings if one.ends_at > now))
    return offerings
