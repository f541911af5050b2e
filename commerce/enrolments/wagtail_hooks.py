"""Wagtail hooks that protect registered people when pages are deleted, unpublished or published with moved dates."""

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
    """Add an error message for each page that people registered for. Returns whether there is one."""
    registered = [page for page in pages if queries.has_registrations_below(page)]
    for page in registered:
        messages.error(
            request,
            _(
                "“%(title)s” can't be deleted, because people have registered for it. Cancel its dates and unpublish it "
                "instead."
            )
            % {"title": page.get_admin_display_title()},
        )
    return bool(registered)


@hooks.register("before_delete_page")
def keep_page_with_registrations(request: HttpRequest, page: Page) -> HttpResponse | None:
    return redirect("wagtailadmin_explore", page.pk) if _refuse_registered(request, [page]) else None


@hooks.register("before_bulk_action")
def keep_selected_pages_with_registrations(
    request: HttpRequest, action_type: str, objects: Any, action: Any
) -> HttpResponse | None:
    if action.model is not Page:
        return None
    if action_type == "delete" and _refuse_registered(request, objects):
        return redirect(action.next_url)
    if action_type == "unpublish":
        return _ask_to_cancel(request, objects, below="include_descendants" in request.POST)
    return None


@hooks.register("before_unpublish_page")
def keep_published_page_with_registrations(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _ask_to_cancel(request, [page], below="include_descendants" in request.POST)


def _ask_to_cancel(request: HttpRequest, pages: Sequence[Page], *, below: bool) -> HttpResponse | None:
    """Redirect to the page that cancels the dates people have seats at; None if the pages have no such dates."""
    now = clock.now()
    dates = [date for page in pages for date in queries.dates_with_registrations(page, now, below=below)]
    if not dates:
        return None
    count = sum(people.all for people in queries.registration_counts([date.pk for date in dates]).values())
    messages.error(
        request,
        ngettext(
            "Nothing was unpublished, because %(count)d person is registered for upcoming dates. Cancel the dates first, "
            "so that everybody is emailed and refunded.",
            "Nothing was unpublished, because %(count)d people are registered for upcoming dates. Cancel the dates first, "
            "so that everybody is emailed and refunded.",
            count,
        )
        % {"count": count},
    )
    if policies.may("offerings.cancel", request.user):
        return redirect(queries.cancel_dates_url(dates))
    return redirect("wagtailadmin_explore", pages[0].pk)


@hooks.register("before_publish_page")
def ask_before_dates_move(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Before a draft moves dates that people have seats at, ask whether to email them."""
    stored = EventPage.objects.filter(pk=page.pk).first()
    if not isinstance(page, EventPage) or stored is None:
        return None
    now = clock.now()
    if not promises.moves_in(page, stored, now):
        return None
    if page.go_live_at and page.go_live_at > now:
        messages.warning(
            request,
            _(
                "This draft moves dates that people have seats at. These dates will stay as they are, unless you publish "
                "the draft now."
            ),
        )
        return None
    return redirect("move_dates", page.latest_revision_id)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [path("dates/move/<int:revision_id>/", date_views.move_dates, name="move_dates")]
