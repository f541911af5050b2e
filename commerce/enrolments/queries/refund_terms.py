"""What is refunded to a person who cancels a paid seat."""

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
    """Return a date's specific page, without a query if it was read with the date."""
    page = offering.page
    return page if isinstance(page, EventPage) else getattr(page, "eventpage", page)


def current_refund_terms(offering: Offering) -> dict[str, Any]:
    """Return the refund terms of a date as they are shown now, to store with a registration."""
    return asdict(terms_of(_event_of(offering)))


def agreed_refund_terms(registration: Registration) -> RefundTerms:
    """Return the refund terms of a registration: those shown when it was ordered, else the page's."""
    if registration.terms is not None:
        return RefundTerms(**registration.terms)
    return terms_of(_event_of(registration.offering))


def refund_terms_text(offering: Offering, registration: Registration | None = None) -> str:
    """Return the refund terms of a seat as text: those of a registration, else the page's, and the page's own text.

    Empty for a free date.
    """
    if not offering.price_minor:
        return ""
    if registration and was_moved_after(registration):
        return _("This date was moved, so you get a full refund if you cancel your seat before the start.")
    page = _event_of(offering)
    terms = agreed_refund_terms(registration) if registration else terms_of(page)
    policy = getattr(page, "refund_policy", "").strip()
    if policy and policy[-1] not in ".!?…":
        policy += "."
    return " ".join(filter(None, (terms_in_words(terms), policy)))


def refund_percent(registration: Registration, now: datetime) -> int | None:
    """Return how much of the price is refunded for a seat cancelled now, 0 to 100; None if the academy decides."""
    offering = registration.offering
    if was_moved_after(registration) and now < offering.starts_at:
        return 100
    return agreed_refund_terms(registration).percent(starts_at=offering.starts_at, now=now)


def full_refund_until(registration: Registration) -> datetime | None:
    """Return until when a paid seat may be cancelled for a full refund; None if the academy decides."""
    starts_at = registration.offering.starts_at
    return starts_at if was_moved_after(registration) else agreed_refund_terms(registration).full_until(starts_at)


def was_moved_after(registration: Registration) -> bool:
    """Return whether a date was moved after a person registered: then cancelling gives a full refund."""
    moved_at = registration.offering.moved_at
    return moved_at is not None and registration.created_at <= moved_at
