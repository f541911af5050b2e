"""Writing a registration: what every verb about seats shares. Always under the lock of the offering's row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from wagtail.models import Page

from academies.journal import actions as journal
from academies.notices import actions as notices
from academies.people.models import User
from academies.tenants import freshness
from academies.tenants import queries as tenants
from catalog.offerings.models import Offering
from commerce.enrolments import queries, rules
from commerce.enrolments.models import Registration

Status = Registration.Status


@dataclass(frozen=True)
class Hall:
    """How full an offering is, counted under its lock."""

    taken: int
    line: int
    last_in_line: datetime | None


def count(offering: Offering, now: datetime) -> Hall:
    waiting = Q(status=Status.WAITLISTED)
    found = Registration.objects.filter(offering=offering).aggregate(
        taken=Count("pk", filter=Registration.holding(now)),
        line=Count("pk", filter=waiting),
        last=Max("waiting_since", filter=waiting),
    )
    return Hall(taken=found["taken"], line=found["line"], last_in_line=found["last"])


def place(offering: Offering, hall: Hall, *, line: int | None = None) -> rules.Place:
    """Say where one more person goes. line: how many go first; all who wait, unless said."""
    return rules.place(
        taken=hall.taken,
        seats=offering.seats,
        waiting_list=offering.waiting_list,
        line=hall.line if line is None else line,
    )


def become(registration: Registration, status: str, *, now: datetime, by: User | None = None, **fields: Any) -> None:
    """Change a registration's status, save it, and write the journal's line."""
    rules.check(rules.REGISTRATION, registration.status, status)
    old, registration.status = registration.status, Status(status)
    if status == Status.CONFIRMED:
        registration.confirmed_at, registration.ended_at = now, None
    if status in (Status.CANCELLED, Status.EXPIRED):
        registration.ended_at = now
    for name, value in fields.items():
        setattr(registration, name, value)
    registration.save()
    why = {"cause": registration.cause} if registration.cause else {}
    journal.record(f"enrolments.registration_{status}", of=registration, by=by, at=now, old=old, **why)
    freshness.touch()


def begin(person: User, offering: Offering, *, status: str, now: datetime, **fields: Any) -> Registration:
    registration = Registration(person=person, offering=offering, created_at=now)
    become(registration, status, now=now, by=person, **fields)
    return registration


def since(hall: Hall, now: datetime) -> datetime:
    """Return a moment behind everybody who waits: who comes to the lock later stands further back."""
    return now if hall.last_in_line is None else max(now, hall.last_in_line + timedelta(microseconds=1))


def tell(
    kind: str, registration: Registration, offering: Offering, now: datetime, *, key: str = "", **context: Any
) -> None:
    """Write to the person, once for each key: the kind and the registration, unless said."""
    until = registration.hold_until
    about = about_date(offering)
    if kind == "seat_offered":
        about["path"] = queries.PAY_AT.format(offering.pk)
    notices.send(
        kind=kind,
        key=key or f"{kind}:{registration.pk}",
        person=registration.person,
        now=now,
        until=said(until, queries.zone_of(offering.page.specific)) if until else "",
        **{**about, **context},
    )


def about_date(offering: Offering) -> dict[str, str]:
    """Return what a mail says of a date: event, when it is, from when to when, where, and the path of its page."""
    page = offering.page.specific
    zone = queries.zone_of(page)
    return {
        "event": f"{page.title}: {offering.title}" if offering.title else page.title,
        "when": said(offering.starts_at, zone),
        "time": span(offering.starts_at, offering.ends_at, zone),
        "where": where(page),
        "path": _path_of(page),
    }


def joining(offering: Offering) -> str:
    """Return what only those with a seat may read."""
    return str(getattr(offering.page.specific, "joining_instructions", ""))


def _path_of(page: Page) -> str:
    parts = page.get_url_parts()
    return str(parts[2]) if parts else "/"


def where(page: Page) -> str:
    """Name where a page's dates take place: the venue, or that they are online."""
    venue = getattr(page, "venue", None)
    if venue:
        return f"{venue}, {venue.city}" if venue.city else str(venue)
    return _("online") if getattr(page, "attendance", "") == "online" else ""


def span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Say from when to when, such as `Friday 2 May 2025, 18:00–21:00 (Europe/London)`."""
    first, last = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    if first.date() != last.date():
        return f"{said(starts_at, zone)} – {said(ends_at, zone)}"
    return said(starts_at, zone).replace(f"{first:%H:%M}", f"{first:%H:%M}–{last:%H:%M}")


def time_and_place(date: Offering, page: Page) -> str:
    """Say when and where a date of a page takes place; either may be as a draft has it."""
    return ", ".join(filter(None, (span(date.starts_at, date.ends_at, queries.zone_of(page)), where(page))))


def said(moment: datetime, zone: str = "") -> str:
    """Say a moment in a time zone, the academy's unless named, such as `Friday 2 May 2025, 18:00 (Europe/London)`."""
    zone = zone or tenants.current().time_zone or "UTC"
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({zone})"
