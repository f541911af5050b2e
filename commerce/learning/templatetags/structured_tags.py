"""What search engines are told of a course or an event, with the prices and seats that the catalogue doesn't know."""

from typing import Any

from django import template
from django.template import Context

from academies.tenants import queries as tenants
from catalog.courses.models import CoursePage
from catalog.courses.structured import crumbs
from catalog.events.models import EventPage
from catalog.library.facts import Picture
from catalog.library.queries import pictures
from commerce.enrolments import queries as enrolments
from commerce.enrolments.structured import event_data as data_of_event
from commerce.learning.templatetags.commerce_tags import offers_for
from commerce.plans import structured

register = template.Library()


@register.simple_tag(takes_context=True)
def course_data(context: Context, course: CoursePage) -> list[dict[str, Any]]:
    """Return schema.org's Course with its breadcrumbs and questions. Reads `outline` and `instructors` of the page."""
    data = structured.course_data(
        course,
        url=_address(course),
        outline=context["outline"],
        instructors=context["instructors"],
        offers=offers_for(context, course),
        picture=_cover(course),
    )
    return [one for one in (data, _trail(context, "courses", course), structured.questions(course)) if one]


@register.simple_tag(takes_context=True)
def event_data(context: Context, event: EventPage) -> list[dict[str, Any]]:
    """Return schema.org's EducationEvent for each date, with breadcrumbs. Reads `offerings` and `speakers` of the page."""
    offerings = context["offerings"]
    dates = data_of_event(
        event,
        offerings,
        url=_address(event),
        left=enrolments.seats_left(offerings),
        speakers=context["speakers"],
        picture=_cover(event),
    )
    return [*dates, _trail(context, "events", event)]


def _address(page: Any) -> str:
    # A page that was never saved is previewed without an address.
    return page.full_url or f"{tenants.current_origin()}/"


def _cover(page: Any) -> Picture | None:
    return pictures([page.cover_id]).get(page.cover_id) if page.cover_id else None


def _trail(context: Context, listed_in: str, page: Any) -> dict[str, Any]:
    origin, listed = tenants.current_origin(), getattr(context.get("chrome"), listed_in, None)
    between = [(listed.title, origin + listed.url)] if listed else []
    return crumbs([(tenants.current().name, f"{origin}/"), *between, (page.title, _address(page))])
