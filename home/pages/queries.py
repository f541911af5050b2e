"""The content of the home page, and which pages are public."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from wagtail.models import Page

from catalog.courses.models import CourseIndexPage, CoursePage
from catalog.courses.queries import free_lessons, public_courses, with_card
from catalog.events.models import EventIndexPage, EventPage
from catalog.events.queries import next_dates
from catalog.library.visibility import public
from home.pages.models import HomePage, StandardPage
from home.pages.site_frame import site_frame

COURSES_SHOWN = 6
DATES_SHOWN = 4
# Sections have no page of their own; a lesson is public when it is a free preview.
PUBLIC_TYPES = (HomePage, StandardPage, CourseIndexPage, CoursePage, EventIndexPage, EventPage)


def home_page_content() -> dict[str, Any]:
    """Return the newest courses and the next dates for the home page. Six queries at most."""
    newest = public_courses().order_by("-first_published_at", "-pk")
    return {"courses": list(with_card(newest)[:COURSES_SHOWN]), "offerings": next_dates(DATES_SHOWN)}


def public_pages() -> QuerySet[Page]:
    """Return all public pages, for the pages API, the sitemap and llms.txt. Adds no query."""
    kinds = ContentType.objects.get_for_models(*PUBLIC_TYPES).values()
    of_public_type = Q(content_type__in=[kind.pk for kind in kinds])
    return public(Page.objects.filter(of_public_type | Q(pk__in=free_lessons().values("pk"))))


def brand_colour() -> str:
    """Return the colour of the academy's brand, `#rrggbb`."""
    return site_frame().colour
