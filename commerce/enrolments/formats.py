"""Dates, times and places of offerings as text, in the active language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import Page

from academies.tenants import queries as tenants
from catalog.offerings.models import Offering
from commerce.enrolments import queries


def format_datetime(moment: datetime, zone: str = "") -> str:
    """Format a moment as `Friday 2 May 2025, 18:00 (Europe/London)`.

    zone: the name of a time zone; the academy's if empty.
    """
    zone = zone or tenants.current().time_zone or "UTC"
    local = moment.astimezone(ZoneInfo(zone))
    return f"{_format_day(local)}, {local:%H:%M} ({zone})"


def format_period(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Format a period as `Friday 2 May 2025, 18:00–21:00 (Europe/London)`."""
    start, end = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    if start.date() != end.date():
        return f"{format_datetime(starts_at, zone)} – {format_datetime(ends_at, zone)}"
    return f"{_format_day(start)}, {start:%H:%M}–{end:%H:%M} ({zone})"


def format_place(page: Page) -> str:
    """Return where the dates of a page take place: the venue and its city, "online", or nothing."""
    venue = getattr(page, "venue", None)
    if venue:
        return f"{venue}, {venue.city}" if venue.city else str(venue)
    return _("online") if getattr(page, "attendance", "") == "online" else ""


def format_period_and_place(offering: Offering, page: Page) -> str:
    """Return when and where a date takes place. Both may be unpublished drafts."""
    period = format_period(offering.starts_at, offering.ends_at, queries.time_zone_of(page))
    return ", ".join(filter(None, (period, format_place(page))))


def _format_day(local: datetime) -> str:
    # Translators: a date with its weekday, in the letters of Django's "date" filter: Friday 2 May 2025.
    pattern = _("l j F Y")
    # Naive, because Django would convert an aware datetime to the current time zone.
    return date_format(local.replace(tzinfo=None), pattern, use_l10n=False)
