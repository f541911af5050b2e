"""What commerce adds to pages of the catalogue: prices, seats, one's own registration and access.

A page may ask the same thing in several places: the result is kept on the request, so it costs its query once.
"""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context

from academies.kernel import clock
from catalog.courses.models import CoursePage
from catalog.offerings.models import Offering
from catalog.offerings.queries import state_of
from commerce.enrolments import queries as enrolments
from commerce.enrolments.models import Enrolment, Registration
from commerce.learning.templatetags.learning_tags import once, visitor
from commerce.plans import queries as plans
from commerce.plans.types import Offer

register = template.Library()


# --- Prices ---------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def offers_for(context: Context, page: CoursePage) -> list[Offer]:
    """Return the ways into a course that are open today: free first, then what is paid, the cheaper before the dearer."""
    key = page.translation_key
    return once(context, ("offers", key), lambda: _buyable(plans.offers_for([key])[key]))


@register.simple_tag
def prices_for(courses: Iterable[CoursePage]) -> dict[int, Offer]:
    """Return the first offer of each course by its id; what nobody can buy is missing. One query for the list."""
    keys = {course.pk: course.translation_key for course in courses}
    offers = {key: _buyable(each) for key, each in plans.offers_for(keys.values()).items()}
    return {pk: offers[key][0] for pk, key in keys.items() if offers[key]}


def _buyable(offers: Iterable[Offer]) -> list[Offer]:
    """Keep what a visitor can have today: a page shows no price that leads nowhere."""
    return [offer for offer in offers if offer.buyable]


# --- Seats ----------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def seats_left(context: Context, offering: Offering) -> int | None:
    """Return how many seats are left; None is no limit."""
    return once(context, ("seats", offering.pk), lambda: enrolments.seats_left([offering])[offering.pk])


@register.simple_tag
def seats_for(offerings: Iterable[Offering]) -> dict[Any, int | None]:
    """Return the same for many dates by their id. One query for the list."""
    return enrolments.seats_left(list(offerings))


@register.simple_tag
def offering_state(offering: Offering) -> str:
    """Return not_yet, open, closed or ended."""
    return state_of(offering, clock.now())


@register.simple_tag
def refund_terms(offering: Offering, registration: Registration | None = None) -> str:
    """Describe the refund for a cancelled seat; empty for a free date."""
    return enrolments.refund_terms_text(offering, registration)


@register.simple_tag(takes_context=True)
def registration_for(context: Context, offering: Offering) -> Registration | None:
    """Return the visitor's live registration at a date."""
    person = visitor(context)
    if person is None:
        return None
    return once(context, ("registration", offering.pk), lambda: enrolments.registration_of(person, offering))


# --- One's own access ---------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def enrolment_for(context: Context, page: CoursePage) -> Enrolment | None:
    """Return the visitor's enrolment in a course while something entitles them to it."""
    person = visitor(context)
    if person is None:
        return None
    key = page.translation_key
    return once(context, ("enrolment", key), lambda: _live_enrolment(person, key))


@register.simple_tag(takes_context=True)
def is_open_to_visitor(context: Context, page: CoursePage) -> bool:
    """Answer whether something entitles the visitor to a course already, so that nothing is left to buy."""
    person = visitor(context)
    if person is None:
        return False
    key = page.translation_key
    return once(context, ("open", key), lambda: enrolments.is_entitled(person, key))


@register.simple_tag(takes_context=True)
def open_among(context: Context, courses: Iterable[CoursePage]) -> dict[int, bool]:
    """Return the courses that the visitor may enter, by id. One query for the list, none without a sign-in."""
    person = visitor(context)
    if person is None:
        return {}
    keys = {course.pk: course.translation_key for course in courses}
    opened = enrolments.accessible_course_keys(person, keys.values())
    return {pk: True for pk, key in keys.items() if key in opened}


def _live_enrolment(person: Any, course_key: Any) -> Enrolment | None:
    enrolment = enrolments.enrolment_of(person, course_key)
    if enrolment is None or enrolment.status not in (Enrolment.Status.ACTIVE, Enrolment.Status.COMPLETED):
        return None
    return enrolment if enrolments.is_entitled(person, course_key) else None
