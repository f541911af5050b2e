"""Reads about what goes back to who gives up a paid seat."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Page

from catalog.events.models import EventPage
from catalog.offerings.models import Offering
from catalog.offerings.queries import terms_in_words, terms_of
from catalog.offerings.rules import RefundTerms
from commerce.enrolments.models import Registration


def _event_of(offering: Offering) -> Page:
    """Return a date's page as its own type, without a query where it was read with the date."""
    page = offering.page
    return page if isinstance(page, EventPage) else getattr(page, "eventpage", page)


def current_refund_terms(offering: Offering) -> dict[str, Any]:
    """Return the refund terms of a date as they are shown now, to be kept with a seat."""
    return asdict(terms_of(_event_of(offering)))


def agreed_refund_terms(registration: Registration) -> RefundTerms:
    """Return the refund terms under which somebody has a seat: those shown to them, else the page's."""
    if registration.terms is not None:
        return RefundTerms(**registration.terms)
    return terms_of(_event_of(registration.offering))


def refund_terms_text(offering: Offering, registration: Registration | None = None) -> str:
    """Say the refund terms of a seat: those agreed with a registration, else those of the page, with the page's own words.

    Nothing for a date that costs nothing.
    """
    if not offering.price_minor:
        return ""
    if registration and was_moved_after(registration):
        return _("This date was moved, so you get everything back if you give up your seat before the start.")
    page = _event_of(offering)
    terms = agreed_refund_terms(registration) if registration else terms_of(page)
    own = getattr(page, "refund_policy", "").strip()
    if own and own[-1] not in ".!?…":
        own += "."
    return " ".join(filter(None, (terms_in_words(terms), own)))


def refund_percent(registration: Registration, now: datetime) -> int | None:
    """Return how much of the price goes back to who gives up a seat now, 0 to 100; None where the academy decides."""
    offering = registration.offering
    if was_moved_after(registration) and now < offering.starts_at:
        return 100
    return agreed_refund_terms(registration).percent(starts_at=offering.starts_at, now=now)


def full_refund_until(registration: Registration) -> datetime | None:
    """Return until when somebody may give up a paid seat for all their money; None where the academy decides."""
    starts_at = registration.offering.starts_at
    return starts_at if was_moved_after(registration) else agreed_refund_terms(registration).full_until(starts_at)


def was_moved_after(registration: Registration) -> bool:
    """Answer whether a date was moved after somebody registered: then they may leave for all their money."""
    moved_at = registration.offering.moved_at
    return moved_at is not None and registration.created_at <= moved_at
