"""Dates of many pages at once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from academies.kernel import policies
from academies.tenants import freshness
from catalog.offerings import rules
from catalog.offerings.models import Offering


def dates_of(page_ids: Iterable[int]) -> dict[int, list[Offering]]:
    """Return the offerings of each page, the earliest first, by the page's id. One query."""
    dates: dict[int, list[Offering]] = defaultdict(list)
    for offering in Offering.objects.filter(page__in=list(page_ids)).order_by("starts_at", "pk"):
        dates[offering.page_id].append(offering)
    return dates


def promised(page_id: int, besides: Iterable[UUID]) -> list[Offering]:
    """Return the dates of a page, besides these, that may not be taken away: somebody registered for them."""
    missing = Offering.objects.filter(page=page_id).exclude(pk__in=list(besides))
    return [one for one in missing if not policies.may("offerings.remove", None, one)]


def next_of(dates: list[Offering], now: datetime) -> Offering | None:
    """Return the date that a card shows: the first that isn't over, or the last one of all."""
    to_come = (one for one in dates if one.ends_at > now)
    return next(to_come, dates[-1] if dates else None)


def state_of(offering: Offering, now: datetime) -> str:
    """Return where a date stands, and say when that changes by itself."""
    moments = (offering.opens_at, offering.registration_ends_at, offering.ends_at)
    freshness.until(*(moment for moment in moments if moment and moment > now))
    return rules.state(
        opens_at=offering.opens_at,
        closes_at=offering.closes_at,
        starts_at=offering.starts_at,
        ends_at=offering.ends_at,
        now=now,
    )


def as_json(offering: Offering, now: datetime) -> dict[str, Any]:
    """Return a date as programs read it, without the seats that are left: those commerce counts."""
    return {
        "id": str(offering.pk),
        "title": offering.title,
        "starts_at": offering.starts_at,
        "ends_at": offering.ends_at,
        "opens_at": offering.opens_at,
        "closes_at": offering.registration_ends_at,
        "registration": state_of(offering, now),
        "seats": offering.seats,
        "waiting_list": offering.waiting_list,
        "price": offering.price.as_json(),
        "cpd_minutes": offering.cpd_minutes,
    }
