"""Admin doors of seats: what people hold a seat at isn't deleted under them."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from commerce.enrolments import queries


def _told(request: HttpRequest, pages: Sequence[Page]) -> bool:
    """Say of each page that people registered for that it can't be deleted; answer whether there was one."""
    kept = [page for page in pages if queries.has_registrations_below(page)]
    for page in kept:
        messages.error(
            request,
            f"“{page.get_admin_display_title()}” can't be deleted: people have registered for it. Unpublish it instead.",
        )
    return bool(kept)


@hooks.register("before_delete_page")
def keep_what_people_registered_for(request: HttpRequest, page: Page) -> HttpResponse | None:
    return redirect("wagtailadmin_explore", page.pk) if _told(request, [page]) else None


@hooks.register("before_bulk_action")
def keep_what_is_ticked(request: HttpRequest, action_type: str, objects: Any, action: Any) -> HttpResponse | None:
    if action_type == "delete" and action.model is Page and _told(request, objects):
        return redirect(action.next_url)
    return None
