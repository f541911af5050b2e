"""HTML doors of accounts are allauth's; these stand in front of the ones that would bypass it."""

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
    """The admin's own sign-in has neither rate limits nor our rules: there is one sign-in page, and it leads back.

    Whoever is signed in and sent here has no role in the admin: sent on, they would go in circles.
    """
    if request.user.is_authenticated:
        raise Forbidden(
            gettext(
                "You are signed in, but your account has no role in the admin. Ask the owner of the academy for one."
            )
        )
    wanted = request.GET.get("next", "") or reverse("wagtailadmin_home")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")


def login_redirect(request: HttpRequest) -> HttpResponse:
    """Send a package's own sign-in page to ours, which limits guesses. Whatever was posted is left unread."""
    target = request.GET.get("next", "")
    query = f"?{urlencode({'next': target})}" if target else ""
    return redirect(f"{reverse('account_login')}{query}")


def unlock_page(request: HttpRequest, page_view_restriction_id: int, page_id: int) -> HttpResponse:
    """Wagtail's form for the shared password of a page, with the limits of a sign-in."""
    ask = partial(wagtail.authenticate_with_password, request, page_view_restriction_id, page_id)
    return _within_limits(request, f"page:{page_view_restriction_id}", ask)


def unlock_collection(request: HttpRequest, restriction_id: int) -> HttpResponse:
    """Wagtail's form for the shared password of a collection, with the limits of a sign-in."""
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
    """Further addresses for one account, as allauth offers them, are not a thing here."""
    raise NotFound()
