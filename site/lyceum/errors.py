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
from lyceum.api.errors import problem_response, refusal_headers, say, status_of, wants_json
from lyceum.api.unknown_address import is_malformed_id
from lyceum.database_errors import refusal_for


class RefusalMiddleware:
    """A refusal that left an HTML door becomes a page with its sentence and status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if is_malformed_id(request, error):
            return defaults.page_not_found(request, error)
        if (unavailable := refusal_for(error)) is not None:
            return unavailable_answer(request, unavailable)
        if not isinstance(error, Refusal):
            return None
        status = status_of(error)
        if wants_json(request):
            return problem_response(error)
        if request.path.startswith("/admin/") and request.method == "POST":
            messages.error(request, say(error.message))
            return HttpResponseRedirect(_where_from(request) or "/admin/")
        page = {403: "403.html", 404: "404.html"}.get(status, "refusal.html")
        told = {"message": say(error.message), "status": status, "back": _where_from(request)}
        answer = render(request, page, told, status=status)
        for name, value in refusal_headers(error).items():
            answer[name] = value
        return answer


def unavailable_answer(request: HttpRequest, refusal: Unavailable) -> HttpResponse:
    """Say that the database can't be asked, without asking it: the page has no menu and no name of the academy."""
    if wants_json(request):
        answer = problem_response(refusal)
    else:
        answer = HttpResponse(unavailable_page(refusal), status=status_of(refusal), headers=refusal_headers(refusal))
    answer["Cache-Control"] = "no-store"
    # It was logged as what it is, and once for many.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def unavailable_page(refusal: Unavailable) -> str:
    told = {"title": say(refusal.title), "message": say(refusal.message), "language": get_language()}
    return render_to_string("unavailable.html", told)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what left a view or a middleware: Django's handler500. A database that is away isn't an error of ours."""
    unavailable = refusal_for(sys.exc_info()[1])
    return unavailable_answer(request, unavailable) if unavailable else defaults.server_error(request)


def _where_from(request: HttpRequest) -> str:
    """Return the page that the person came from, when it is one of this host and not the one that refused."""
    referer = request.META.get("HTTP_REFERER", "")
    here = request.build_absolute_uri()
    if referer == here and request.method == "GET":
        return ""
    return referer if url_has_allowed_host_and_scheme(referer, {request.get_host()}) else ""
