"""Refusals as pages for people and messages in the admin. Problems for programs are in `lyceum.api.errors`."""

import sys
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views import defaults

from academies.kernel.errors import Refusal, Unavailable
from lyceum.api.errors import problem_response, refusal_headers, status_of, translate, wants_json
from lyceum.api.unknown_address import is_malformed_id
from lyceum.database_errors import refusal_for


class RefusalMiddleware:
    """Turns a refusal raised by an HTML view into a page with its message and status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if is_malformed_id(request, error):
            return defaults.page_not_found(request, error)
        if (unavailable := refusal_for(error)) is not None:
            return unavailable_response(request, unavailable)
        if not isinstance(error, Refusal):
            return None
        status = status_of(error)
        if wants_json(request):
            return problem_response(error)
        if request.path.startswith("/admin/") and request.method == "POST":
            messages.error(request, translate(error.message))
            return HttpResponseRedirect(_previous_page(request) or "/admin/")
        page = {403: "403.html", 404: "404.html"}.get(status, "refusal.html")
        context = {"message": translate(error.message), "status": status, "back": _previous_page(request)}
        response = render(request, page, context, status=status)
        for name, value in refusal_headers(error).items():
            response[name] = value
        return response


def unavailable_response(request: HttpRequest, refusal: Unavailable) -> HttpResponse:
    """Return the response for an unavailable database. The page makes no query: it has no menu and no academy name."""
    if wants_json(request):
        response = problem_response(refusal)
    else:
        response = HttpResponse(unavailable_page(refusal), status=status_of(refusal), headers=refusal_headers(refusal))
    response["Cache-Control"] = "no-store"
    # refusal_for has already logged it, rate limited.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def unavailable_page(refusal: Unavailable) -> str:
    context = {"title": translate(refusal.title), "message": translate(refusal.message), "language": get_language()}
    return render_to_string("unavailable.html", context)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. An unavailable database is not a server error."""
    unavailable = refusal_for(sys.exc_info()[1])
    return unavailable_response(request, unavailable) if unavailable else defaults.server_error(request)


def _previous_page(request: HttpRequest) -> str:
    """Return the referring page if it is on this host and not the refused page itself, else an empty string."""
    referer = request.META.get("HTTP_REFERER", "")
    current = request.build_absolute_uri()
    if referer == current and request.method == "GET":
        return ""
    return referer if url_has_allowed_host_and_scheme(referer, {request.get_host()}) else ""
