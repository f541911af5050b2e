"""The admin page that cancels offerings: it says before what happens to people and money."""

from collections.abc import Sequence
from typing import Any, cast
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
from academies.people.models import User
from catalog.offerings import actions
from catalog.offerings.models import Offering
from commerce.checkout import queries
from commerce.checkout.forms import CancelDatesForm
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as seats

MAX_OFFERINGS = 50


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_dates(request: HttpRequest) -> HttpResponse:
    """Ask for confirmation that offerings are cancelled, with the people, the money and the email; then cancel them."""
    if not policies.may("offerings.cancel", request.user):
        raise PermissionDenied
    offerings, back = _offerings(request.GET.getlist("date")), _back(request)
    if not offerings:
        messages.info(request, _("These dates are cancelled or over already."))
        return redirect(back)
    form = CancelDatesForm(request.POST or None)
    if form.is_valid():
        for offering in offerings:
            actions.cancel_date(
                offering=offering, by=cast(User, request.user), words=form.cleaned_data["words"], now=clock.now()
            )
        messages.success(request, _("Cancelled. We are emailing everybody and refunding what they paid."))
        return redirect(back)
    return render(request, "checkout/admin/cancel_dates.html", {**_context(offerings), "form": form, "back": back})


def _offerings(ids: Sequence[str]) -> list[Offering]:
    """Return the offerings of these ids that can still be cancelled."""
    pks = [UUID(pk) for pk in ids[:MAX_OFFERINGS] if queries.is_uuid(pk)]
    ahead = Offering.objects.filter(pk__in=pks, status=Offering.Status.SCHEDULED, ends_at__gt=clock.now())
    return list(ahead.select_related("page__eventpage__venue").order_by("starts_at", "pk"))


def _back(request: HttpRequest) -> str:
    url = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        return url
    return reverse("offerings_offering_modeladmin_index")


def _context(offerings: Sequence[Offering]) -> dict[str, Any]:
    people = seats.registration_counts([offering.pk for offering in offerings])
    lines = queries.paid_seat_lines(offerings)
    left = queries.refundable_by_line(lines)
    rows = []
    for offering in offerings:
        minor = sum(left[line.pk] for line in lines if line.offering_id == offering.pk)
        rows.append(
            {
                "date": offering,
                "zone": seats.time_zone_of(offering.page.eventpage),
                "people": people[offering.pk],
                "money": Money(minor, offering.currency) if minor else None,
            }
        )
    subject, body = notices.preview(
        kind="date_cancelled", name=_("Ana"), paid=any(row["money"] for row in rows), before="confirmed",
        words=_("(your message)"), **enrolments.offering_context(offerings[0]),
    )  # fmt: skip
    return {"rows": rows, "subject": subject, "body": body, "many": len(rows) > 1}
