"""Admin door of cancelling dates: what happens to people and money is said before."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from academies.kernel import clock, policies
from academies.kernel.money import Money
from academies.notifications import actions as notices
from catalog.offerings import actions as offerings
from catalog.offerings.models import Offering
from commerce.checkout import queries
from commerce.checkout.forms import CancelDatesForm
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as seats

MOST = 50


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_dates(request: HttpRequest) -> HttpResponse:
    """Ask whether dates are to be cancelled, with the people, the money and the words; then cancel them."""
    if not policies.may("offerings.cancel", request.user):
        raise PermissionDenied
    dates, back = _wanted(request.GET.getlist("date")), _back(request)
    if not dates:
        messages.info(request, _("These dates are cancelled or over already."))
        return redirect(back)
    form = CancelDatesForm(request.POST or None)
    if form.is_valid():
        for date in dates:
            offerings.cancel_date(offering=date, by=request.user, words=form.cleaned_data["words"], now=clock.now())
        messages.success(
            request, _("Cancelled. Everybody is being written to, and what they paid is going back to them.")
        )
        return redirect(back)
    return render(request, "checkout/admin/cancel_dates.html", {**_shown(dates), "form": form, "back": back})


def _wanted(ids: Sequence[str]) -> list[Offering]:
    """Return the dates of these ids that can still be cancelled."""
    named = [UUID(pk) for pk in ids[:MOST] if queries.is_uuid(pk)]
    ahead = Offering.objects.filter(pk__in=named, status=Offering.Status.SCHEDULED, ends_at__gt=clock.now())
    return list(ahead.select_related("page__eventpage__venue").order_by("starts_at", "pk"))


def _back(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("offerings_offering_modeladmin_index")


def _shown(dates: Sequence[Offering]) -> dict[str, Any]:
    people, lines = seats.registration_counts([date.pk for date in dates]), queries.seat_lines_of(dates)
    left = queries.left_of_lines(lines)
    rows = []
    for date in dates:
        minor = sum(left[line.pk] for line in lines if line.offering_id == date.pk)
        rows.append({"date": date, "zone": seats.time_zone_of(date.page.eventpage), "people": people[date.pk],
                     "money": Money(minor, date.currency) if minor else None})  # fmt: skip
    subject, body = notices.preview(
        kind="date_cancelled", name=_("Ana"), paid=any(row["money"] for row in rows), before="confirmed",
        words=_("(your message)"), **enrolments.offering_context(dates[0]),
    )  # fmt: skip
    return {"rows": rows, "subject": subject, "body": body, "many": len(rows) > 1}
