"""What every response under `/api/` has in common: problems for errors, the envelope, caching headers."""

from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from lyceum import languages
from lyceum.api import errors
from lyceum.api.renderers import dumps

ENVELOPE = "application/vnd.lyceum.envelope+json"


class ApiMiddleware:
    """Gives every response the same form, whether it comes from a view, a framework or an unknown host.

    Errors become problems. The envelope is put around finished responses, so that caches below store one form only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if holds_nul(request):
            return self._refuse_nul(request)
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        wrapped = ENVELOPE in request.META.get("HTTP_ACCEPT", "")
        if wrapped:
            request.META["HTTP_ACCEPT"] = "application/json"
        response = self.get_response(request)
        if response.status_code == 301 and request.method not in ("GET", "HEAD"):
            # The address lacks its slash. Clients follow a 301 with a GET and without the body; a 308 keeps both.
            response.status_code = 308
        if response.status_code >= 400 and not _is_problem(response):
            with translation.override(languages.of_request(request)):
                errors.to_problem(response)
        if wrapped:
            wrap_in_envelope(response)
        patch_vary_headers(response, ["Accept", "Authorization", "Origin"])
        if request.path.startswith("/api/v1/"):
            # Tokens, orders, progress: private, unless a view says otherwise.
            patch_vary_headers(response, ["Cookie"])
            response.setdefault("Cache-Control", "no-store")
        return response

    def _refuse_nul(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(status=400)
        if request.path.startswith("/api/"):
            errors.to_problem(response)
        return response


def holds_nul(request: HttpRequest) -> bool:
    """Return whether the path, the query or a cookie holds NUL, which PostgreSQL can't store. Forms and JSON are checked there."""
    meta = request.META
    return (
        "\0" in request.path
        or "%00" in meta.get("QUERY_STRING", "")
        # A cookie may hide it as \000; Django unquotes that.
        or ("\\000" in meta.get("HTTP_COOKIE", "") and any("\0" in value for value in request.COOKIES.values()))
    )


def _is_problem(response: HttpResponse) -> bool:
    return response.get("Content-Type", "").startswith(errors.PROBLEM)


def wrap_in_envelope(response: HttpResponse) -> None:
    """Wrap a finished JSON response without parsing it. Files, streams and redirects stay as they are."""
    kind = response.get("Content-Type", "").partition(";")[0]
    if response.streaming or 300 <= response.status_code < 400:
        return
    if response.status_code != 204 and kind not in ("application/json", errors.PROBLEM):
        return
    if response.status_code == 204:
        response.status_code = 200
    failed = response.status_code >= 400
    head = {"status": "error" if failed else "success", "message": _message(response, failed)}
    body = dumps(head)[:-1] + b',"data":' + (response.content or b"null") + b"}"
    errors.replace_body(response, body, ENVELOPE)


_SHORT = 4096


def _message(response: HttpResponse, failed: bool) -> str:
    if failed or b'"message"' in response.content[:_SHORT]:
        data = orjson.loads(response.content)
        message = data.get("detail" if failed else "message") if isinstance(data, dict) else None
        if isinstance(message, str):
            return message
    return "Created" if response.status_code == 201 else "OK"
