"""Admin doors of seats: what people hold a seat at isn't deleted, unpublished or moved under them."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from academies.kernel import clock, policies
from catalog.events import promises
from catalog.events.models import EventPage
from commerce.enrolments import date_views, queries


def _refuse_registered(request: HttpRequest, pages: Sequence[Page]) -> bool:
    """Say of each page that people registered for that it can't be deleted; answer whether there was one."""
    kept = [page for page in pages if queries.has_registrations_below(page)]
    for page in kept:
        messages.error(
            request,
            f"“{page.get_admin_display_title()}” can't be deleted: people have registered for it. "
            "Cancel its dates, then unpublish it.",
        )
    return bool(kept)


@hooks.register("before_delete_page")
def keep_what_people_registered_for(request: HttpRequest, page: Page) -> HttpResponse | None:
    return redirect("wagtailadmin_explore", page.pk) if _refuse_registered(request, [page]) else None


@hooks.register("before_bulk_action")
def keep_what_is_ticked(request: HttpRequest, action_type: str, objects: Any, action: Any) -> HttpResponse | None:
    if action.model is not Page:
        return None
    if action_type == "delete" and _refuse_registered(request, objects):
        return redirect(action.next_url)
    if action_type == "unpublish":
        return _ask_to_cancel(request, objects, below="include_descendants" in request.POST)
    return None


@hooks.register("before_unpublish_page")
def keep_what_people_hold_seats_for(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _ask_to_cancel(request, [page], below="include_descendants" in request.POST)


def _ask_to_cancel(request: HttpRequest, pages: Sequence[Page], *, below: bool) -> HttpResponse | None:
    """Lead to the page that cancels the dates people hold seats for; None where pages have no such dates."""
    now = clock.now()
    dates = [date for page in pages for date in queries.dates_with_registrations(page, now, below=below)]
    if not dates:
        return None
    count = sum(people.all for people in queries.registration_counts([date.pk for date in dates]).values())
    messages.error(
        request,
        ngettext(
            "Nothing was unpublished: %(count)d person has a seat, or waits for one, at a date to come. Cancel the dates "
            "first; then everybody is told and refunded.",
            "Nothing was unpublished: %(count)d people have seats, or wait for them, at dates to come. Cancel the dates "
            "first; then everybody is told and refunded.",
            count,
        )
        % {"count": count},
    )
    if policies.may("offerings.cancel", request.user):
        return redirect(queries.cancel_dates_url(dates))
    return redirect("wagtailadmin_explore", pages[0].pk)


@hooks.register("before_publish_page")
def ask_before_dates_move(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Before a draft goes live that moves dates people hold seats for, ask what becomes of the people."""
    stored = EventPage.objects.filter(pk=page.pk).first()
    if not isinstance(page, EventPage) or stored is None:
        return None
    now = clock.now()
    if not promises.moves_in(page, stored, now):
        return None
    if page.go_live_at and page.go_live_at > now:
        messages.warning(
            request,
            _("People hold seats for dates that this draft moves. They stay where they are until you publish at once."),
        )
        return None
    return redirect("move_dates", page.latest_revision_id)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [path("dates/move/<int:revision_id>/", date_views.move_dates, name="move_dates")]
