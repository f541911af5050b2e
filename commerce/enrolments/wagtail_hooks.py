"""Admin doors of seats: what people hold a seat at isn't deleted under them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from commerce.enrolments import queries


@hooks.register("before_delete_page")
def keep_what_people_registered_for(request: HttpRequest, page: Page) -> HttpResponse | None:
    if not queries.has_registrations_below(page):
        return None
    messages.error(
        request,
        f"“{page.get_admin_display_title()}” can't be deleted: people have registered for it. Unpublish it instead.",
    )
    return redirect("wagtailadmin_explore", page.pk)
