"""The admin page of moved dates: an editor who publishes chooses whether people are emailed, before anything moves."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.models import Page, Revision

from academies.kernel import clock
from academies.kernel.errors import Refusal
from academies.notifications import actions as notices
from academies.people.models import User
from catalog.events import actions as events
from catalog.events import promises
from catalog.events.models import EventPage
from commerce.enrolments import formats, queries


@require_http_methods(["GET", "HEAD", "POST"])
def move_dates(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Ask whether to email the people whose dates a draft moves; then move the dates and publish the draft."""
    revision = get_object_or_404(Revision.page_revisions, pk=revision_id)
    page = revision.as_object()
    if not isinstance(page, EventPage):
        raise PermissionDenied
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if request.method == "POST" and request.POST.get("tell") in ("yes", "no"):
        return _publish(request, revision, page)
    return render(request, "events/admin/move_dates.html", {"page": page, **_context(page)})


def _publish(request: HttpRequest, revision: Revision, page: EventPage) -> HttpResponse:
    tell = request.POST["tell"] == "yes"
    try:
        moved = events.move_dates(page=page, by=cast(User, request.user), tell=tell, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("wagtailadmin_pages:edit", page.pk)
    # If publishing failed after the dates were moved, a second try only publishes: nothing is left to move.
    revision.publish(user=request.user)
    published = _("“%(title)s” is published.") % {"title": page.title}
    emailed = _("Everybody who registered is being emailed.") if tell and moved else ""
    messages.success(request, f"{published} {emailed}".strip())
    return redirect("wagtailadmin_pages:edit", page.pk)


def _context(page: EventPage) -> dict[str, Any]:
    stored = EventPage.objects.get(pk=page.pk)
    moves = promises.moves_in(page, stored, clock.now())
    rows = [
        {
            "people": move.people,
            "old": formats.format_period_and_place(move.was, stored),
            "new": formats.format_period_and_place(move.date, page),
        }
        for move in moves
    ]
    if not moves:
        return {"rows": rows}
    subject, body = _preview(moves[0], page, stored)
    return {"rows": rows, "subject": subject, "body": body}


def _preview(move: promises.Move, page: EventPage, stored: Page) -> tuple[str, str]:
    """Return subject and body of the email about one move."""
    zone, old_zone = queries.time_zone_of(page), queries.time_zone_of(stored)
    parts = page.get_url_parts()
    return notices.preview(
        kind="date_moved",
        name=_("Ana"),
        event=page.title,
        when=formats.format_datetime(move.date.starts_at, zone),
        time=formats.format_period(move.date.starts_at, move.date.ends_at, zone),
        where=formats.format_place(page),
        old_time=formats.format_period(move.was.starts_at, move.was.ends_at, old_zone),
        old_where=formats.format_place(stored),
        paid=move.was.price_minor > 0,
        path=parts[2] if parts else "/",
    )
