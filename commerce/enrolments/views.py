"""HTML doors of enrolments and seats. Each ends in a redirect with a message; refusals are answered at the edge."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from academies.kernel import clock
from academies.tenants import queries as tenants
from catalog.events import feed
from commerce.enrolments import actions, queries
from commerce.enrolments.models import Registration


@require_POST
def register(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a free seat, or a place in line; a seat that costs is taken by paying for it."""
    offering = get_object_or_404(queries.offerings_for(request.user), pk=pk)
    here = offering.page.get_url(request) or "/"
    if not request.user.is_authenticated:
        return redirect_to_login(here)
    if queries.requires_payment(request.user, offering):
        return redirect(queries.CHECKOUT_PATH.format(offering.pk))
    registration = actions.register(person=request.user, offering=offering, now=clock.now())
    if registration.status == Registration.Status.PENDING:
        return redirect(queries.CHECKOUT_PATH.format(offering.pk))
    messages.success(request, _success_message(registration))
    return redirect(here)


def _success_message(registration: Registration) -> str:
    title = registration.offering.page.title
    if registration.status == Registration.Status.WAITLISTED:
        return f"You are on the waiting list for {title}. We will write when a seat is free."
    return f"You have a seat at {title}. We have sent you the details."


@require_POST
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Enrol in a course that is free or that the person holds."""
    course = get_object_or_404(queries.courses_for(request.user), pk=pk)
    here = course.get_url(request) or "/"
    if not request.user.is_authenticated:
        return redirect_to_login(here)
    actions.enrol_free(person=request.user, course=course, now=clock.now())
    messages.success(request, f"You are enrolled in {course.title}. Begin whenever you like.")
    return redirect(here)


@require_safe
def my_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the dates of one person as iCalendar. The address is the key: calendars can't sign in."""
    person = queries.calendar_owner(token)
    if person is None:
        raise Http404
    body = feed.calendar(tenants.current().name, queries.calendar_entries(person, clock.now()))
    return HttpResponse(body, content_type=feed.CONTENT_TYPE, headers={"Cache-Control": "private, no-cache"})
