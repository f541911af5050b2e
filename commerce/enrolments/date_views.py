"""Admin door of moving dates: an editor who publishes is asked whether people are told, before anything moves."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.models import Revision

from academies.kernel import clock
from academies.kernel.errors import Refusal
from academies.notices import actions as notices
from catalog.events import actions as events
from catalog.events import promises
from catalog.events.models import EventPage
from commerce.enrolments import actions, queries


@require_http_methods(["GET", "HEAD", "POST"])
def move_dates(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Ask what becomes of the people whose dates a draft moves; then move them and publish the draft."""
    revision = get_object_or_404(Revision.page_revisions, pk=revision_id)
    page = revision.as_object()
    if not isinstance(page, EventPage):
        raise PermissionDenied
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if request.method == "POST" and request.POST.get("tell") in ("yes", "no"):
        return _publish(request, revision, page)
    return render(request, "events/admin/move_dates.html", {"page": page, **_shown(page)})


def _publish(request: HttpRequest, revision: Revision, page: EventPage) -> HttpResponse:
    tell = request.POST["tell"] == "yes"
    try:
        moved = events.move_dates(page=page, by=request.user, tell=tell, now=clock.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("wagtailadmin_pages:edit", page.pk)
    # Doing both again, after the first alone was done, does the second: nothing is left to move.
    revision.publish(user=request.user)
    told = _("Everybody is being written to.") if tell and moved else ""
    messages.success(request, " ".join(filter(None, (_("“%s” is published.") % page.title, told))))
    return redirect("wagtailadmin_pages:edit", page.pk)


def _shown(page: EventPage) -> dict[str, Any]:
    stored = EventPage.objects.get(pk=page.pk)
    zone, old_zone = queries.zone_of(page), queries.zone_of(stored)
    moves = promises.moves_in(page, stored, clock.now())
    rows = [
        {
            "people": move.people,
            "old": actions.time_and_place(move.was, stored),
            "new": actions.time_and_place(move.date, page),
        }
        for move in moves
    ]
    if not moves:
        return {"rows": rows}
    move = moves[0]
    subject, body = notices.preview(
        kind="date_moved", name=_("Ana"), event=page.title, when=actions.said(move.date.starts_at, zone),
        time=actions.span(move.date.starts_at, move.date.ends_at, zone), where=actions.where(page),
        old_time=actions.span(move.was.starts_at, move.was.ends_at, old_zone), old_where=actions.where(stored),
        paid=move.was.price_minor > 0, path=page.get_url_parts()[2] if page.get_url_parts() else "/",
    )  # fmt: skip
    return {"rows": rows, "subject": subject, "body": body}
