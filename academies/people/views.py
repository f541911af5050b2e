"""Views that replace sign-in pages of other packages; the pages of accounts are allauth's."""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from wagtail import views as wagtail
from wagtail.documents.views import serve as documents

from academies.kernel import clock
from academies.kernel.errors import Forbidden, NotFound
from academies.people import actions
from academies.people.device import device_of


def admin_login_redirect(request: HttpRequest) -> HttpResponse:
    """Redirect the admin's sign-in page, which has no rate limits, to the site's, which leads back.

    Somebody who is signed in and sent here has no role in the admin: another redirect would loop.
    """
    if request.user.is_authenticated:
        raise Forbidden(
            gettext(
                "You are signed in, but your account has no role in the admin. Ask the owner of the academy for one."
            )
        )
    target = request.GET.get("next", "") or reverse("wagtailadmin_home")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")


def login_redirect(request: HttpRequest) -> HttpResponse:
    """Redirect a package's sign-in page to ours, which limits failed attempts. Posted data is ignored."""
    target = request.GET.get("next", "")
    query = f"?{urlencode({'next': target})}" if target else ""
    return redirect(f"{reverse('account_login')}{query}")


def unlock_page(request: HttpRequest, page_view_restriction_id: int, page_id: int) -> HttpResponse:
    """Wagtail's form for the shared password of a page, rate limited like a sign-in."""
    ask = partial(wagtail.authenticate_with_password, request, page_view_restriction_id, page_id)
    return _within_limits(request, f"page:{page_view_restriction_id}", ask)


def unlock_collection(request: HttpRequest, restriction_id: int) -> HttpResponse:
    """Wagtail's form for the shared password of a collection, rate limited like a sign-in."""
    ask = partial(documents.authenticate_with_password, request, restriction_id)
    return _within_limits(request, f"collection:{restriction_id}", ask)


def _within_limits(request: HttpRequest, name: str, ask: Callable[[], HttpResponse]) -> HttpResponse:
    if request.method != "POST":
        return ask()
    counted = actions.count_shared_attempt(name=name, device=device_of(request), now=clock.now())
    response = ask()
    # The form is shown again, with status 200, when the password was wrong.
    if response.status_code == 302:
        actions.forgive_attempt(counted)
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    """Disable allauth's page for several emails per account."""
    raise NotFound()
