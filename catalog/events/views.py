"""Doors of events to calendars: one date to keep, and all of them to subscribe to."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from academies.kernel import clock
from academies.tenants import queries as tenants
from catalog.api.url_builder import UrlBuilder
from catalog.events import feed
from catalog.events.queries import public_events
from catalog.offerings.models import Offering


@require_safe
def date(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer one public date as iCalendar: what "Add to calendar" fetches."""
    dates = Offering.objects.filter(page__in=public_events().values("pk")).select_related("page__eventpage__venue")
    offering = get_object_or_404(dates, pk=pk)
    body = feed.calendar(tenants.current().name, [feed.entry_of(offering, UrlBuilder())])
    name = f'attachment; filename="{offering.page.slug}.ics"'
    return HttpResponse(body, content_type=feed.CONTENT_TYPE, headers={"Content-Disposition": name})


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Answer the public dates as iCalendar."""
    body = feed.calendar(tenants.current().name, feed.public_entries(clock.now()))
    return HttpResponse(
        body,
        content_type=feed.CONTENT_TYPE,
        headers={
            "Cache-Control": "public, max-age=0, must-revalidate",
            "Content-Disposition": 'inline; filename="events.ics"',
        },
    )
