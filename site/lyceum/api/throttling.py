"""Rate limits, by what a view is for: its `throttle_scope`, or the name of its route, names a line of the setting RATES.

A page and an endpoint of one scope share their counters. Counting comes before anything costly. How many passwords may be
guessed is another question, answered where they are compared: `academies.people.actions.limits`.
"""

import hashlib
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from academies.people.rules import address_block, normal_email
from academies.tenants.counters import count, parse_rates

_SAFE = ("GET", "HEAD", "OPTIONS")
# The pages that allauth serves, and the scope whose limits they share with the API.
_SCOPE_OF_PAGE = {
    "account_login": "login",
    "account_signup": "signup",
    "account_reset_password": "reset",
    "account_reset_password_from_key": "link",
    "account_confirm_email": "link",
    "account_change_password": "password",
    "account_set_password": "password",
    "account_reauthenticate": "password",
}


class CountedRequest(NamedTuple):
    """A request that was counted. fits: within the limit.  wait: seconds until the window ends."""

    fits: bool
    key: str
    seconds: int
    wait: float


def count_request(scope: str, kind: str, who: str | None) -> CountedRequest | None:
    """Count a request against the limit of a scope. Returns None if there is no such limit, or nobody to count."""
    rate = settings.RATES.get(scope, {}).get(kind)
    if not rate or who is None:
        return None
    ((number, seconds),) = parse_rates(rate)
    moment = time.time()
    key = f"rate:{scope}:{kind}:{who}:{int(moment // seconds)}"
    return CountedRequest(count(key, seconds) <= number, key, seconds, seconds - moment % seconds)


def _account(request: Any, data: Any) -> str | None:
    """Return who is signed in, or a digest of the email address in the body."""
    if request.user and request.user.is_authenticated:
        return str(request.user.pk)
    email = data.get("email") if hasattr(data, "get") else None
    if not isinstance(email, str):
        return None
    return hashlib.sha256(normal_email(email).encode(errors="replace")).hexdigest()[:32]


class _Rate(BaseThrottle):
    kind = ""
    _wait: float = 0

    def who(self, request: Request) -> str | None:
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        # Reading has no limit of its own.
        scope = getattr(view, "throttle_scope", "") or ("" if request.method in _SAFE else "write")
        counted = count_request(scope, self.kind, self.who(request))
        if counted is None:
            return True
        self._wait = counted.wait
        if counted.fits:
            self.on_allowed(request, counted)
        return counted.fits

    def on_allowed(self, request: Request, counted: CountedRequest) -> None:
        pass

    def wait(self) -> float:
        return self._wait


class AddressThrottle(_Rate):
    """Limits requests from one address; a whole /64 of IPv6 counts as one."""

    kind = "address"

    def who(self, request: Request) -> str | None:
        return address_block(request.META.get("REMOTE_ADDR", ""))


class AccountThrottle(_Rate):
    """Limits requests for one account: the person who is signed in, or the email address in the body."""

    kind = "account"

    def who(self, request: Request) -> str | None:
        return _account(request, request.data)


class FailureThrottle(AccountThrottle):
    """Limits failures of one account. They are counted beforehand, so that a parallel burst can't outrun the limit."""

    kind = "failures"

    def on_allowed(self, request: Request, counted: CountedRequest) -> None:
        request._request.counted_failure = counted  # type: ignore[attr-defined]


class RateLimitMiddleware:
    """Limits pages as throttles limit the API. A request that was counted as a failure and succeeded is taken off again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        failure: CountedRequest | None = getattr(request, "counted_failure", None)
        if failure and _succeeded(request, response):
            count(failure.key, failure.seconds, by=-1)
        return response

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        scope = _SCOPE_OF_PAGE.get(match.url_name or "") if match else None
        if scope is None or request.method in _SAFE:
            return None
        account = _account(request, request.POST)
        for kind, who in (
            ("address", address_block(request.META.get("REMOTE_ADDR", ""))),
            ("failures", account),
            ("account", account),
        ):
            counted = count_request(scope, kind, who)
            if counted and not counted.fits:
                response = render(request, "429.html", status=429)
                response["Retry-After"] = str(int(counted.wait) + 1)
                return response
            if counted and kind == "failures":
                request.counted_failure = counted  # type: ignore[attr-defined]
        return None


def _succeeded(request: HttpRequest, response: HttpResponse) -> bool:
    """A page shows a form again, with status 200, when something was wrong with it."""
    is_page = request.resolver_match and request.resolver_match.url_name in _SCOPE_OF_PAGE
    return response.status_code == 302 if is_page else response.status_code < 400
