"""The iCalendar feed of one person's dates."""

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
    """Return the secret part of the address of a person's feed. A new password changes it."""
    signature = salted_hmac(f"calendar:{tenants.current().schema_name}", f"{person.pk}:{person.password}").hexdigest()
    return f"{person.pk.hex}{signature[:32]}"


def calendar_path(person: User) -> str:
    return f"/calendar/me/{calendar_token(person)}.ics"


def calendar_owner(token: str) -> User | None:
    """Return the person whose feed a token opens; None if it is invalid."""
    try:
        person = User.objects.filter(pk=UUID(token[:32]), is_active=True).first()
    except ValueError:
        return None
    return person if person and constant_time_compare(calendar_token(person), token) else None


def calendar_entries(person: User, now: datetime) -> list[Entry]:
    """Return the upcoming and last month's dates at which a person has a seat, or a held one (tentative).

    A cancelled date stays in the feed, as cancelled: calendars may keep an entry that only disappears.
    """
    cancelled = Q(cause=Registration.Cause.DATE_CANCELLED)
    registrations = Registration.objects.filter(Registration.holding(now) | cancelled, person=person)
    registrations = registrations.filter(
        offering__ends_at__gt=now - feed.AFTERWARDS, offering__page__eventpage__isnull=False
    ).select_related("offering__page__eventpage__venue")
    rows = registrations.order_by("offering__starts_at", "id")[: feed.MOST]
    addresses = UrlBuilder()
    return [feed.entry_of(row.offering, addresses, **_entry_options(row)) for row in rows]


def _entry_options(registration: Registration) -> dict[str, Any]:
    confirmed = registration.status == Registration.Status.CONFIRMED
    note = registration.offering.page.eventpage.joining_instructions if confirmed else ""
    return {"note": note, "tentative": not confirmed}
