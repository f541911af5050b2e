"""HTML doors of events: the calendar that everybody may subscribe to."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from academies.kernel import clock
from academies.tenants import queries as tenants
from catalog.events import feed


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
