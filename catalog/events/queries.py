"""Reads about events: public ones, their next dates, the list of events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery

from academies.kernel import clock
from academies.tenants import cache_version
from catalog.api.search import autocomplete, search
from catalog.courses.models import Category, Instructor
from catalog.events.models import EventPage
from catalog.library.models import Rendition
from catalog.library.rules import CARD
from catalog.library.visibility import public
from catalog.offerings.models import Offering

PER_PAGE = 12
# By the columns of with_next_date: what comes next first, then what was, the latest first.
NEXT_FIRST = (F("next_start").asc(nulls_last=True), F("last_end").desc(nulls_last=True), "pk")


def public_events() -> QuerySet[EventPage]:
    return public(EventPage.objects.all())


def with_next_date(events: QuerySet[EventPage], now: datetime) -> QuerySet[EventPage]:
    """Annotate `next_start`, None when nothing is to come, and `last_end`, None when there never was a date."""
    dates = Offering.objects.filter(page=OuterRef("pk"))
    to_come = dates.filter(ends_at__gt=now, status=Offering.Status.SCHEDULED)
    to_come = to_come.order_by("starts_at").values("starts_at")[:1]
    over = dates.order_by("-ends_at").values("ends_at")[:1]
    return events.annotate(next_start=Subquery(to_come), last_end=Subquery(over))


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
    by_page = events.in_bulk({offering.page_id for offering in offerings})
    for offering in offerings:
        offering.event = by_page[offering.page_id]  # type: ignore[attr-defined]
    cache_version.expires_at(*(offering.ends_at for offering in offerings if offering.ends_at > now))
    return offerings
