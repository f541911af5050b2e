"""How every answer of the JSON API looks: JSON itself, pages of a list, problems, the envelope."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

from lyceum import errors, languages

ENVELOPE = "application/vnd.lyceum.envelope+json"


class NumberedPages(PageNumberPagination):
    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"

    def get_page_size(self, request: Any) -> int:
        """Return how long a page is, at most `max_page_size`. Raises ValidationError for what is no whole number."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and int(asked)):
            raise ValidationError({self.page_size_query_param: [gettext("Send a whole number from 1.")]})
        return min(int(asked), self.max_page_size)


# --- JSON in --------------------------------------------------------------------------------------------------------
class LyceumJSONParser(JSONParser):
    """Reads one JSON object of a bounded size, without what no text column takes."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise ParseError(f"The body is larger than {limit} bytes.")
        try:
            # Invalid UTF-8, lone surrogates, NaN and more than a thousand levels are refused here.
            data = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}") from error
        if not isinstance(data, dict):
            raise ParseError("Send a JSON object, with the fields in braces.")
        if b"\\u0000" in raw and _holds_nul(data):
            raise ParseError("Text must not hold the character NUL.")
        return data


def _holds_nul(data: Any) -> bool:
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if "\0" in value:
                return True
        elif isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return False


# --- JSON out -------------------------------------------------------------------------------------------------------
_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


class LyceumJSONRenderer(JSONRenderer):
    """JSON by orjson: five times as fast as the standard library's on a list of cards."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else dumps(data)


def dumps(data: Any) -> bytes:
    try:
        return orjson.dumps(data, default=_plain, option=_OPTIONS)
    except TypeError:
        # Integers beyond 64 bits and half of a surrogate pair.
        return json.dumps(data, cls=JSONEncoder).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | Promise):
        return str(value)
    if hasattr(value, "as_json"):
        return value.as_json()
    return JSONEncoder().default(value)


# --- every answer under /api/ ---------------------------------------------------------------------------------------
class ApiConventions:
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
                errors.put_problem(answer)
        if wrapped:
            put_envelope(answer)
        patch_vary_headers(answer, ["Accept", "Authorization", "Origin"])
        if request.path.startswith("/api/v1/"):
            # Tokens, orders, progress: one person's business, unless a door says otherwise.
            patch_vary_headers(answer, ["Cookie"])
            answer.setdefault("Cache-Control", "no-store")
        return answer

    def _refuse_nul(self, request: HttpRequest) -> HttpResponse:
        answer = HttpResponse("The address holds a character that no text can hold.", status=400)
        if request.path.startswith("/api/"):
            errors.put_problem(answer)
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


def put_envelope(answer: HttpResponse) -> None:
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
