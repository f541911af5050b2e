"""HTML views of enrolments and seats. Each redirects with a message; refusals are handled by middleware."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from academies.kernel import clock
from academies.tenants import queries as tenants
from catalog.events import feed
from commerce.enrolments import actions, queries
from commerce.enrolments.models import Registration


@require_POST
def register(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Register for a free seat or the waiting list; for a paid seat, redirect to the checkout."""
    offering = get_object_or_404(queries.offerings_for(request.user), pk=pk)
    page_url = offering.page.get_url(request) or "/"
    if not request.user.is_authenticated:
        return redirect_to_login(page_url)
    if queries.requires_payment(request.user, offering):
        return redirect(queries.CHECKOUT_PATH.format(offering.pk))
    registration = actions.register(person=request.user, offering=offering, now=clock.now())
    if registration.status == Registration.Status.PENDING:
        return redirect(queries.CHECKOUT_PATH.format(offering.pk))
    messages.success(request, _success_message(registration))
    return redirect(page_url)


def _success_message(registration: Registration) -> str:
    title = {"title": registration.offering.page.title}
    if registration.status == Registration.Status.WAITLISTED:
        return _("You are on the waiting list for %(title)s. We will email you when a seat is free.") % title
    return _("You have a seat at %(title)s. We've emailed you the details.") % title


@require_POST
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Enrol in a course that is free or that the person is entitled to."""
    course = get_object_or_404(queries.courses_for(request.user), pk=pk)
    page_url = course.get_url(request) or "/"
    if not request.user.is_authenticated:
        return redirect_to_login(page_url)
    actions.enrol_free(person=request.user, course=course, now=clock.now())
    messages.success(request, _("You are enrolled in %(title)s.") % {"title": course.title})
    return redirect(page_url)


@require_safe
def my_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Return one person's dates as iCalendar. The secret address is the credential: calendars can't sign in."""
    person = queries.calendar_owner(token)
    if person is None:
        raise Http404
    body = feed.calendar(tenants.current().name, queries.calendar_entries(person, clock.now()))
    return HttpResponse(body, content_type=feed.CONTENT_TYPE, headers={"Cache-Control": "private, no-cache"})
