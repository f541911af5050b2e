"""Emails to people about their seats, in the language of the academy's emails."""

from datetime import datetime
from typing import Any

from django.utils import translation
from wagtail.models import Page

from academies.notifications import actions as notices
from academies.tenants.languages import page_language
from catalog.offerings.models import Offering
from commerce.enrolments import formats, queries
from commerce.enrolments.models import Registration


def notify(
    kind: str, registration: Registration, offering: Offering, now: datetime, *, key: str = "", **context: Any
) -> None:
    """Email the person of a registration, once per key.

    key: the kind and the registration's id by default.
    """
    fields = offering_context(offering)
    if kind == "seat_offered":
        fields["path"] = queries.CHECKOUT_PATH.format(offering.pk)
    notices.send(
        kind=kind,
        key=key or f"{kind}:{registration.pk}",
        person=registration.person,
        now=now,
        until=_format_hold(registration, offering),
        **{**fields, **context},
    )


def offering_context(offering: Offering) -> dict[str, str]:
    """Return what an email says about a date: `event`, `when`, `time` (from start to end), `where`, and its page's `path`."""
    page = offering.page.specific
    zone = queries.time_zone_of(page)
    with translation.override(page_language()):
        return {
            "event": f"{page.title}: {offering.title}" if offering.title else page.title,
            "when": formats.format_datetime(offering.starts_at, zone),
            "time": formats.format_period(offering.starts_at, offering.ends_at, zone),
            "where": formats.format_place(page),
            "path": _path_of(page),
        }


def joining_instructions(offering: Offering) -> str:
    """Return the instructions that only people with a seat may read."""
    return str(getattr(offering.page.specific, "joining_instructions", ""))


def _format_hold(registration: Registration, offering: Offering) -> str:
    if registration.hold_until is None:
        return ""
    with translation.override(page_language()):
        return formats.format_datetime(registration.hold_until, queries.time_zone_of(offering.page.specific))


def _path_of(page: Page) -> str:
    parts = page.get_url_parts()
    return str(parts[2]) if parts else "/"
