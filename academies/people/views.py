"""HTML doors of accounts are allauth's; these stand in front of the ones that would bypass it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from academies.kernel.errors import Forbidden, NotHere


def one_door(request: HttpRequest) -> HttpResponse:
    """The admin's own sign-in has neither rate limits nor our rules: there is one sign-in page, and it leads back.

    Whoever is signed in and sent here has no role in the admin: sent on, they would go in circles.
    """
    if request.user.is_authenticated:
        raise Forbidden(
            "You are signed in, but your account has no role in the admin. Ask the owner of the academy for one."
        )
    wanted = request.GET.get("next", "") or reverse("wagtailadmin_home")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")


def login_redirect(request: HttpRequest) -> HttpResponse:
    """Send a package's own sign-in page to ours, which limits guesses. Whatever was posted is left unread."""
    target = request.GET.get("next", "")
    query = f"?{urlencode({'next': target})}" if target else ""
    return redirect(f"{reverse('account_login')}{query}")


def closed(request: HttpRequest) -> HttpResponse:
    """Further addresses for one account, as allauth offers them, are not a thing here."""
    raise NotHere()
