"""HTML door of giving up a seat: what happens is said before, with the money that goes back."""

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
    """Ask whether somebody means to give up a seat or a place in line, and do it when they say so."""
    registration = get_object_or_404(seats.registrations_of(request.user), pk=pk)
    if not policies.may("enrolments.cancel_registration", request.user, registration):
        raise errors.Forbidden()
    if registration.status not in Registration.LIVE:
        messages.info(request, _("This seat has been given up already."))
        return redirect(MY_LEARNING)
    now = clock.now()
    money = actions.money_of_seat(registration, now=now)
    back_minor = money.back.amount_minor if money else 0
    form = CancelSeatForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid() and form.cleaned_data["expected_minor"] == back_minor:
        enrolments.cancel_registration(registration=registration, by=cast(User, request.user), now=now)
        messages.success(request, _said(registration, money))
        return redirect(MY_LEARNING)
    context = {**_shown(registration, money), "expected_minor": back_minor, "changed": bool(form and form.is_valid())}
    return render(request, "checkout/cancel_seat.html", context, status=409 if context["changed"] else 200)


def _said(registration: Registration, money: actions.SeatMoney | None) -> str:
    title = registration.offering.page.title
    if money is None:
        return _("Your place at %(title)s is given up.") % {"title": title}
    if money.percent is None:
        return _("Your seat at %(title)s is given up. The academy decides what you get back and writes to you.") % {
            "title": title
        }
    if not money.back.amount_minor:
        return _("Your seat at %(title)s is given up. Nothing is refunded.") % {"title": title}
    return _("Your seat at %(title)s is given up. We are sending %(amount)s back to you.") % {
        "title": title,
        "amount": money.back,
    }


def _shown(registration: Registration, money: actions.SeatMoney | None) -> dict[str, Any]:
    offering = registration.offering
    return {
        "registration": registration,
        "offering": offering,
        "event": offering.page.specific,
        "zone": seats.time_zone_of(offering.page.specific),
        "money": money,
        "terms": seats.refund_terms_text(offering, registration),
        "full_until": seats.full_refund_until(registration),
    }
