"""Structured data of courses and events for search engines, with prices and seats."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context

from academies.tenants import queries as tenants
from catalog.api.url_builder import UrlBuilder
from catalog.courses.models import CoursePage
from catalog.courses.structured import crumbs, listed
from catalog.events.models import EventPage
from catalog.library.queries import picture_of
from commerce.enrolments import queries as enrolments
from commerce.storefront import structured_courses, structured_events
from commerce.storefront.templatetags.commerce_tags import offers_for

register = template.Library()


@register.simple_tag(takes_context=True)
def course_data(context: Context, course: CoursePage) -> list[dict[str, Any]]:
    """Return schema.org's Course with its breadcrumbs and questions. Reads `outline` and `instructors` of the page."""
    data = structured_courses.course_data(
        course,
        url=_address(course),
        outline=context["outline"],
        instructors=context["instructors"],
        offers=offers_for(context, course),
        picture=picture_of(course.cover),
    )
    return [item for item in (data, _trail(context, "courses", course), structured_courses.questions(course)) if item]


@register.simple_tag(takes_context=True)
def event_data(context: Context, event: EventPage) -> list[dict[str, Any]]:
    """Return schema.org's EducationEvent for each date, with breadcrumbs. Reads `offerings` and `speakers` of the page."""
    offerings = context["offerings"]
    dates = structured_events.event_data(
        event,
        offerings,
        url=_address(event),
        left=enrolments.seats_left(offerings),
        speakers=context["speakers"],
        picture=picture_of(event.cover),
    )
    return [*dates, _trail(context, "events", event)]


@register.simple_tag(takes_context=True)
def academy_data(context: Context) -> dict[str, Any]:
    """Return schema.org's Organization: the academy itself, with its logo."""
    logo = getattr(context.get("site_frame"), "logo", None)
    return structured_courses.organization(logo.url if logo else "")


@register.simple_tag
def list_data(pages: Iterable[Any]) -> dict[str, Any] | None:
    """Return schema.org's ItemList of courses, or of dates by their events; each page once."""
    addresses = UrlBuilder()
    urls = dict.fromkeys(addresses.full(getattr(item, "event", item).url_path) for item in pages)
    return listed(urls) if urls else None


def _address(page: Any) -> str:
    # A page that was never saved is previewed without an address.
    return page.full_url or f"{tenants.current_base_url()}/"


def _trail(context: Context, listed_in: str, page: Any) -> dict[str, Any]:
    origin, listed = tenants.current_base_url(), getattr(context.get("site_frame"), listed_in, None)
    between = [(listed.title, origin + listed.url)] if listed else []
    return crumbs([(tenants.current().name, f"{origin}/"), *between, (page.title, _address(page))])
