"""The page that cancels a seat: it says before what happens, and how much is refunded."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from academies.kernel import clock, errors, policies
from academies.people.models import User
from academies.tenants.money_format import format_money
from commerce.checkout import actions
from commerce.checkout.forms import CancelSeatForm
from commerce.checkout.views import MY_LEARNING
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as seats
from commerce.enrolments.models import Registration


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_seat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for confirmation that a seat, or a place on the waiting list, is cancelled; then cancel it."""
    registration = get_object_or_404(seats.registrations_of(request.user), pk=pk)
    if not policies.may("enrolments.cancel_registration", request.user, registration):
        raise errors.Forbidden()
    if registration.status not in Registration.LIVE:
        messages.info(request, _("This seat has been cancelled already."))
        return redirect(MY_LEARNING)
    now = clock.now()
    refund = actions.seat_refund(registration, now=now)
    refund_minor = refund.amount.amount_minor if refund else 0
    form = CancelSeatForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid() and form.cleaned_data["expected_minor"] == refund_minor:
        enrolments.cancel_registration(registration=registration, by=cast(User, request.user), now=now)
        messages.success(request, _confirmation(registration, refund))
        return redirect(MY_LEARNING)
    context = {
        **_context(registration, refund),
        "expected_minor": refund_minor,
        "changed": bool(form and form.is_valid()),
    }
    return render(request, "checkout/cancel_seat.html", context, status=409 if context["changed"] else 200)


def _confirmation(registration: Registration, refund: actions.SeatRefund | None) -> str:
    title = registration.offering.page.title
    if refund is None:
        return _("Your place at %(title)s is cancelled.") % {"title": title}
    if refund.percent is None:
        return _("Your seat at %(title)s is cancelled. The academy decides what you get back and will email you.") % {
            "title": title
        }
    if not refund.amount.amount_minor:
        return _("Your seat at %(title)s is cancelled. Nothing is refunded.") % {"title": title}
    return _("Your seat at %(title)s is cancelled. We are refunding %(amount)s to you.") % {
        "title": title,
        "amount": format_money(refund.amount),
    }


def _context(registration: Registration, refund: actions.SeatRefund | None) -> dict[str, Any]:
    offering = registration.offering
    return {
        "registration": registration,
        "offering": offering,
        "event": offering.page.specific,
        "zone": seats.time_zone_of(offering.page.specific),
        "refund": refund,
        "terms": seats.refund_terms_text(offering, registration),
        "full_until": seats.full_refund_until(registration),
    }
