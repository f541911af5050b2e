"""Dates of many pages at once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import ProtectedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from academies.tenants import cache_version
from catalog.offerings import people, rules
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
    return [offering for offering in missing if is_referenced(offering)]


def is_referenced(offering: Offering) -> bool:
    """Return whether a record refers to a date, such as a registration for it: then the date can't be deleted."""
    try:
        Collector(using=DEFAULT_DB_ALIAS).collect([offering])
    except ProtectedError:
        return True
    return False


def has_people_ahead(page: Page, now: datetime) -> bool:
    """Return whether people have, hold or wait for a seat at a date of a page that isn't over or cancelled."""
    dates = Offering.objects.filter(page=page.pk, ends_at__gt=now, status=Offering.Status.SCHEDULED)
    return any(count.all for count in people.at(dates.values_list("pk", flat=True)).values())


def restore_state(dates: Iterable[Offering]) -> None:
    """Give dates read from a revision the state that they have now; a revision knows only how it was then."""
    by_key = {offering.pk: offering for offering in dates}
    for row in Offering.objects.filter(pk__in=by_key).values("pk", *Offering.STATE):
        for name in Offering.STATE:
            setattr(by_key[row["pk"]], name, row[name])


def next_of(dates: list[Offering], now: datetime) -> Offering | None:
    """Return the date that a card shows: the first to come that takes place, else the first to come, else the last."""
    to_come = [offering for offering in dates if offering.ends_at > now]
    taking_place = (offering for offering in to_come if not offering.is_cancelled)
    return next(taking_place, next(iter(to_come or dates[-1:]), None))


def terms_of(page: Page) -> rules.RefundTerms:
    """Return what goes back for a seat given up at a date of a page. page: as its own type."""
    return rules.RefundTerms(getattr(page, "full_refund_days", None), getattr(page, "late_refund_percent", 0))


def terms_in_words(terms: rules.RefundTerms) -> str:
    """Say what goes back to somebody who gives up a paid seat."""
    days, percent = terms.full_days, terms.late_percent
    if days is None:
        return _("If you give up your seat, the academy decides what you get back.")
    if days == 0 or percent == 100:
        return _("You get everything back if you give up your seat before the start.")
    full = ngettext(
        "You get everything back if you give up your seat at least one day before the start",
        "You get everything back if you give up your seat at least %(days)d days before the start",
        days,
    ) % {"days": days}
    after = _("after that, %(percent)d%% of it.") % {"percent": percent} if percent else _("after that, nothing.")
    return f"{full}; {after}"


def state_of(offering: Offering, now: datetime) -> str:
    """Return where a date stands, and say when that changes by itself."""
    if offering.is_cancelled:
        return "cancelled"
    moments = (offering.opens_at, offering.registration_ends_at, offering.ends_at)
    cache_version.expires_at(*(moment for moment in moments if moment and moment > now))
    return rules.state(
        opens_at=offering.opens_at,
        closes_at=offering.closes_at,
        starts_at=offering.starts_at,
        ends_at=offering.ends_at,
        now=now,
    )
