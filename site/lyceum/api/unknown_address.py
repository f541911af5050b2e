"""Addresses below `/api/` that no endpoint has: 404 for every method, or a redirect to the endpoint that is meant.

Without these views Wagtail's pages would respond, and refuse a POST for its missing CSRF token.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotFound,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.urls import Resolver404, resolve, reverse
from django.utils.encoding import escape_uri_path
from django.views.decorators.csrf import csrf_exempt
from wagtail.views import serve

_SAFE = ("GET", "HEAD", "OPTIONS")


@csrf_exempt
def unknown_address(request: HttpRequest) -> HttpResponse:
    """Answer 404, or redirect to the address with a slash at its end, with the version, or both.

    `/api/orders` leads to `/api/v1/orders/`. The redirect keeps method and body: it is 308 where that matters.
    """
    path = request.path_info if request.path_info.endswith("/") else f"{request.path_info}/"
    for target in (path, path.replace("/api/", "/api/v1/", 1)):
        if target != request.path_info and _is_known(target):
            query = request.META.get("QUERY_STRING", "")
            address = f"{escape_uri_path(target)}?{query}" if query else escape_uri_path(target)
            return HttpResponsePermanentRedirect(address, preserve_request=request.method not in _SAFE)
    return HttpResponseNotFound()


def _is_known(path: str) -> bool:
    # Browsers resolve these before they follow a redirect.
    if {".", ".."} & set(path.split("/")):
        return False
    try:
        return resolve(path).func is not unknown_address
    except Resolver404:
        return False


def page_or_redirect(request: HttpRequest, *, path: str, name: str) -> HttpResponseBase:
    """Show the academy's page at a path, and where it has none, redirect to the view of this name."""
    try:
        response: HttpResponseBase = serve(request, path)
    except Http404:
        # Temporary: the academy may publish such a page tomorrow.
        return HttpResponseRedirect(reverse(name), preserve_request=request.method not in _SAFE)
    return response


def is_malformed_id(request: HttpRequest, error: Exception) -> bool:
    """Return whether a view failed on a part of its address that no id can be, such as "3" where rows have UUIDs.

    Wagtail's views pass it to the query as it came, and Django refuses it there.
    """
    if not isinstance(error, ValidationError) or getattr(error, "code", "") != "invalid":
        return False
    parameters: dict[str, Any] = error.params or {}
    return str(parameters.get("value")) in request.path.split("/")
