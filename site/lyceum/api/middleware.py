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
    """Outside everything but request ids: whatever a room, a framework or an unknown host answers, it looks the same.

    Errors become problems; the envelope is put around finished answers, so that caches below know one form only.
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
        answer = self.get_response(request)
        if answer.status_code == 301 and request.method not in ("GET", "HEAD"):
            # The address lacks its slash. 301 would make a GET of it and lose the body; 308 keeps both.
            answer.status_code = 308
        if answer.status_code >= 400 and not _is_problem(answer):
            with translation.override(languages.of_request(request)):
                errors.to_problem(answer)
        if wrapped:
            wrap_in_envelope(answer)
        patch_vary_headers(answer, ["Accept", "Authorization", "Origin"])
        if request.path.startswith("/api/v1/"):
            # Tokens, orders, progress: one person's business, unless a door says otherwise.
            patch_vary_headers(answer, ["Cookie"])
            answer.setdefault("Cache-Control", "no-store")
        return answer

    def _refuse_nul(self, request: HttpRequest) -> HttpResponse:
        answer = HttpResponse("The address holds a character that no text can hold.", status=400)
        if request.path.startswith("/api/"):
            errors.to_problem(answer)
        return answer


def holds_nul(request: HttpRequest) -> bool:
    """PostgreSQL stores no NUL, so none may come in by the path, the query or a cookie; forms and JSON look themselves."""
    meta = request.META
    return (
        "\0" in request.path
        or "%00" in meta.get("QUERY_STRING", "")
        # A cookie may hide it as \000; Django unquotes that.
        or ("\\000" in meta.get("HTTP_COOKIE", "") and any("\0" in value for value in request.COOKIES.values()))
    )


def _is_problem(answer: HttpResponse) -> bool:
    return answer.get("Content-Type", "").startswith(errors.PROBLEM)


def wrap_in_envelope(answer: HttpResponse) -> None:
    """Wrap a finished JSON answer, without reading it again. Files, streams and redirects stay as they are."""
    kind = answer.get("Content-Type", "").partition(";")[0]
    if answer.streaming or 300 <= answer.status_code < 400:
        return
    if answer.status_code != 204 and kind not in ("application/json", errors.PROBLEM):
        return
    if answer.status_code == 204:
        answer.status_code = 200
    failed = answer.status_code >= 400
    head = {"status": "error" if failed else "success", "message": _message(answer, failed)}
    body = dumps(head)[:-1] + b',"data":' + (answer.content or b"null") + b"}"
    errors.replace_body(answer, body, ENVELOPE)


_SHORT = 4096


def _message(answer: HttpResponse, failed: bool) -> str:
    if failed or b'"message"' in answer.content[:_SHORT]:
        told = orjson.loads(answer.content)
        said = told.get("detail" if failed else "message") if isinstance(told, dict) else None
        if isinstance(said, str):
            return said
    return "Created" if answer.status_code == 201 else "OK"
