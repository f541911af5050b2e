"""Reads for the calendar of one person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from academies.people.models import User
from academies.tenants import queries as tenants
from catalog.api.url_builder import UrlBuilder
from catalog.events import feed
from catalog.events.feed import Entry
from commerce.enrolments.models import Registration


def calendar_token(person: User) -> str:
    """Return the secret that a person's own calendar is read by; a new password makes a new one."""
    mark = salted_hmac(f"calendar:{tenants.current().schema_name}", f"{person.pk}:{person.password}").hexdigest()
    return f"{person.pk.hex}{mark[:32]}"


def calendar_path(person: User) -> str:
    return f"/calendar/me/{calendar_token(person)}.ics"


def calendar_owner(token: str) -> User | None:
    """Return whose calendar a token opens."""
    try:
        person = User.objects.filter(pk=UUID(token[:32]), is_active=True).first()
    except ValueError:
        return None
    return person if person and constant_time_compare(calendar_token(person), token) else None


def calendar_entries(person: User, now: datetime) -> list[Entry]:
    """Return the dates that a person has a seat at, or one held (tentative), to come or of the last month.

    A date that was cancelled stays, as cancelled: what vanishes from a feed may stay in a calendar.
    """
    lost = Q(cause=Registration.Cause.DATE_CANCELLED)
    held = Registration.objects.filter(Registration.holding(now) | lost, person=person)
    shown = held.filter(offering__ends_at__gt=now - feed.AFTERWARDS, offering__page__eventpage__isnull=False)
    rows = shown.select_related("offering__page__eventpage__venue").order_by("offering__starts_at", "id")[: feed.MOST]
    addresses = UrlBuilder()
    return [feed.entry_of(row.offering, addresses, **_as_held(row)) for row in rows]


def _as_held(registration: Registration) -> dict[str, Any]:
    confirmed = registration.status == Registration.Status.CONFIRMED
    note = registration.offering.page.eventpage.joining_instructions if confirmed else ""
    return {"note": note, "tentative": not confirmed}
