"""What commerce lays over the catalogue's pages: prices, seats, one's own enrolment and progress.

It lives in this room because it asks plans, enrolments and learning. A page may ask the same thing in several places:
the answer is kept on the request, so it costs its query once.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django import template
from django.template import Context

from academies.kernel import clock
from catalog.courses.models import CoursePage
from catalog.offerings.models import Offering
from catalog.offerings.queries import state_of
from commerce.enrolments import queries as enrolments
from commerce.enrolments.models import Enrolment, Registration
from commerce.learning import queries as learning
from commerce.learning.models import Progress
from commerce.plans import queries as plans
from commerce.plans.types import Offer

register = template.Library()


def _once(context: Context, key: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
    request = context.get("request")
    known = {} if request is None else request.__dict__.setdefault("_commerce_answers", {})
    if key not in known:
        known[key] = ask()
    return known[key]


def _person(context: Context) -> Any:
    person = getattr(context.get("request"), "user", None)
    return person if person is not None and person.is_authenticated else None


# --- Prices ---------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def offers_for(context: Context, page: CoursePage) -> list[Offer]:
    """Return the ways into a course that are open today: free first, then what is paid, the cheaper before the dearer."""
    key = page.translation_key
    return _once(context, ("offers", key), lambda: _buyable(plans.offers_for([key])[key]))


@register.simple_tag(takes_context=True)
def price_of(context: Context, page: CoursePage) -> Offer | None:
    """Return the first of offers_for, or None for what nobody sells."""
    return next(iter(offers_for(context, page)), None)


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
    return _once(context, ("seats", offering.pk), lambda: enrolments.seats_left([offering])[offering.pk])


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
    """Say what goes back for a seat that is given up; nothing for a date that costs nothing."""
    return enrolments.shown_terms(offering, registration)


@register.simple_tag(takes_context=True)
def registration_for(context: Context, offering: Offering) -> Registration | None:
    """Return the visitor's live registration at a date."""
    person = _person(context)
    if person is None:
        return None
    return _once(context, ("registration", offering.pk), lambda: enrolments.registration_of(person, offering))


# --- One's own learning ---------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def enrolment_for(context: Context, page: CoursePage) -> Enrolment | None:
    """Return the visitor's enrolment in a course while something entitles them to it."""
    person = _person(context)
    if person is None:
        return None
    key = page.translation_key
    return _once(context, ("enrolment", key), lambda: _live_enrolment(person, key))


@register.simple_tag(takes_context=True)
def is_open_to_visitor(context: Context, page: CoursePage) -> bool:
    """Answer whether something entitles the visitor to a course already, so that nothing is left to buy."""
    person = _person(context)
    if person is None:
        return False
    key = page.translation_key
    return _once(context, ("open", key), lambda: enrolments.is_entitled(person, key))


@register.simple_tag(takes_context=True)
def open_among(context: Context, courses: Iterable[CoursePage]) -> dict[int, bool]:
    """Return those courses that something entitles the visitor to, by id. One query for the list, none for strangers."""
    person = _person(context)
    if person is None:
        return {}
    keys = {course.pk: course.translation_key for course in courses}
    opened = enrolments.open_to(person, keys.values())
    return {pk: True for pk, key in keys.items() if key in opened}


def _live_enrolment(person: Any, course_key: Any) -> Enrolment | None:
    enrolment = enrolments.enrolment_of(person, course_key)
    if enrolment is None or enrolment.status not in (Enrolment.Status.ACTIVE, Enrolment.Status.COMPLETED):
        return None
    return enrolment if enrolments.is_entitled(person, course_key) else None


@register.simple_tag(takes_context=True)
def lesson_progress(context: Context, outline: Any) -> dict[int, Progress]:
    """Return the visitor's progress by lesson id; a lesson that isn't begun is missing."""
    person = _person(context)
    if person is None:
        return {}
    kept = _kept_progress(context, person, outline)
    return {lesson.id: kept[lesson.key] for lesson in outline.lessons if lesson.key in kept}


@register.simple_tag(takes_context=True)
def lessons_taken_away(context: Context, outline: Any, enrolment: Enrolment | None) -> int:
    """Return how many lessons the visitor is still asked for that the outline doesn't show, now or any more."""
    if enrolment is None or enrolment.status != Enrolment.Status.ACTIVE or enrolment.requirement_set is None:
        return 0
    kept = _kept_progress(context, enrolment.person_id, outline)
    done = {key for key, progress in kept.items() if progress.completed_at is not None}
    return len(set(enrolment.requirement_set.lesson_keys) - done - {lesson.key for lesson in outline.lessons})


def _kept_progress(context: Context, person: Any, outline: Any) -> dict[Any, Progress]:
    return _once(context, ("progress", outline.course_key), lambda: _progress(person, outline.course_key))


def _progress(person: Any, course_key: Any) -> dict[Any, Progress]:
    rows = Progress.objects.filter(enrolment__person=person, enrolment__course_key=course_key).defer("ranges")
    return {row.lesson_key: row for row in rows}


@register.simple_tag(takes_context=True)
def quiz_state(context: Context, lesson: Any) -> learning.QuizState:
    """Return the visitor's attempts at a quiz: .open, .best, .used and .left, None for no limit."""
    enrolment = context.get("enrolment")
    if enrolment is None:
        return learning.QuizState(open=None, best=None, used=0, left=lesson.value["attempts_allowed"] or None)
    return learning.quiz_state(enrolment, lesson)
