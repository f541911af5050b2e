"""Errors of the API as RFC 9457 problems (application/problem+json)."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from rest_framework import exceptions as drf
from rest_framework.response import Response

from academies.kernel import errors as kernel
from academies.kernel.errors import RateLimited, Refusal, Unauthenticated
from academies.kernel.translation import gettext_noop as _
from lyceum.database_errors import refusal_for

logger = logging.getLogger(__name__)

PROBLEM = "application/problem+json"

STATUS: dict[type[Refusal], int] = {
    kernel.Invalid: 400,
    kernel.Unauthenticated: 401,
    kernel.PaymentRequired: 402,
    kernel.Forbidden: 403,
    kernel.NotFound: 404,
    kernel.Conflict: 409,
    kernel.Gone: 410,
    kernel.IdempotencyKeyReused: 422,
    kernel.RateLimited: 429,
    kernel.Unavailable: 503,
}
# Codes and messages of errors without a refusal: the framework's own, or a view's bare status.
_DEFAULTS: dict[int, tuple[str, str]] = {
    400: ("bad_request", _("The request can't be understood. Check it and send it again.")),
    401: (Unauthenticated.code, Unauthenticated.message),
    403: (kernel.Forbidden.code, kernel.Forbidden.message),
    404: (kernel.NotFound.code, kernel.NotFound.message),
    405: ("method_not_allowed", _("This address doesn't take this method.")),
    406: ("not_acceptable", _("We can't answer in the form you accept. Ask for application/json.")),
    413: ("too_large", _("The request is too large.")),
    415: ("unsupported_media_type", _("Send the body as application/json.")),
    429: (RateLimited.code, RateLimited.message),
    500: ("internal_error", _("An unexpected error occurred. It has been noted; try again in a minute.")),
    503: ("unavailable", _("The academy is closed for a moment. Try again later.")),
}


def status_of(refusal: Refusal) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(refusal, kind)), 400)


def translate(sentence: str) -> str:
    """Translate a sentence to the language of the request."""
    return gettext(sentence) if sentence else ""


def problem(
    status: int,
    *,
    code: str = "",
    title: str = "",
    detail: str = "",
    fields: Mapping[str, list[str]] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return an RFC 9457 body, with the members `error` and `details` that older clients read."""
    default_code, default_detail = _DEFAULTS.get(status, ("", ""))
    code = code or default_code or "refused"
    title = translate(title or _phrase(status))
    translated = {name: [translate(sentence) for sentence in sentences] for name, sentences in (fields or {}).items()}
    return {
        **(extra or {}),
        "type": f"urn:lyceum:problem:{code}",
        "title": title,
        "status": status,
        "detail": translate(detail or default_detail or title),
        "code": code,
        "fields": translated,
        "error": title,
        "details": translated,
    }


_TITLES = {status: kind.title for kind, status in STATUS.items() if status != 400}


def _phrase(status: int) -> str:
    try:
        return _TITLES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def refusal_problem(refusal: Refusal) -> dict[str, Any]:
    return problem(
        status_of(refusal),
        code=refusal.code,
        title=refusal.title,
        detail=refusal.message,
        fields=refusal.fields,
        extra=refusal.extra,
    )


def refusal_headers(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, RateLimited | kernel.Unavailable):
        return {"Retry-After": str(refusal.retry_after)}
    if isinstance(refusal, Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="api"'}
    return {}


# --- programs -------------------------------------------------------------------------------------------------------
def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None for what nobody expected: it is logged and answered as a 500 further out."""
    result = _as_problem(error)
    if result is None:
        return None
    body, headers = result
    return Response(body, status=body["status"], headers=headers, content_type=PROBLEM)


def _as_problem(error: Exception) -> tuple[dict[str, Any], dict[str, str]] | None:
    error = refusal_for(error) or error
    if isinstance(error, Refusal):
        return refusal_problem(error), refusal_headers(error)
    if isinstance(error, DjangoValidationError):
        error = drf.ValidationError(getattr(error, "message_dict", None) or error.messages)
    if isinstance(error, drf.ValidationError):
        return _invalid(error), {}
    if isinstance(error, drf.APIException):
        return _framework(error)
    if isinstance(error, Http404):
        return problem(404, title=kernel.NotFound.title), {}
    if isinstance(error, PermissionDenied):
        return problem(403, title=kernel.Forbidden.title), {}
    if isinstance(error, SuspiciousOperation):
        return problem(400), {}
    if isinstance(error, DataError):
        # A value that no check stopped and no column takes, such as a number with twenty digits.
        logger.warning("a value was refused by the database", exc_info=error)
        return problem(400, code=kernel.Invalid.code, title=kernel.Invalid.title, detail=kernel.Invalid.message), {}
    return None


def _invalid(error: drf.ValidationError) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    for name, sentence in _sentences(error.detail):
        fields.setdefault(name or "non_field_errors", []).append(sentence)
    only = fields.get("non_field_errors", []) if len(fields) == 1 else []
    return problem(
        400,
        code=kernel.Invalid.code,
        title=kernel.Invalid.title,
        detail=only[0] if only else kernel.Invalid.message,
        fields=fields,
    )


def _sentences(detail: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Flatten DRF's nested errors: `items.0.plan` and what is wrong with it."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            own = "" if key == "non_field_errors" else str(key)
            yield from _sentences(inner, ".".join(filter(None, (name, own))))
    elif isinstance(detail, list | tuple):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _sentences(inner, ".".join(filter(None, (name, str(position)))) if nested else name)
    else:
        yield name, str(detail)


_CODES: dict[type[drf.APIException], tuple[str, str]] = {
    drf.ParseError: ("malformed", "Malformed request"),
    drf.NotAuthenticated: (Unauthenticated.code, Unauthenticated.title),
    drf.AuthenticationFailed: ("invalid_token", "Invalid token"),
    drf.PermissionDenied: (kernel.Forbidden.code, kernel.Forbidden.title),
    drf.NotFound: (kernel.NotFound.code, kernel.NotFound.title),
    drf.Throttled: (RateLimited.code, RateLimited.title),
}


def _framework(error: drf.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    code, title = _CODES.get(type(error), ("", ""))
    headers: dict[str, str] = {}
    if isinstance(error, drf.Throttled):
        headers["Retry-After"] = str(max(1, int(getattr(error, "wait", None) or 60)))
    if error.status_code == 401:
        headers["WWW-Authenticate"] = getattr(error, "auth_header", None) or 'Bearer realm="api"'
    own = error.status_code in _DEFAULTS and error.detail == error.default_detail
    detail = _DEFAULTS[error.status_code][1] if own or isinstance(error, drf.Throttled) else str(error.detail)
    return problem(error.status_code, code=code, title=title, detail=detail), headers


def problem_response(refusal: Refusal) -> HttpResponse:
    """Answer a refusal outside DRF, in a middleware or a plain view."""
    body = orjson.dumps(refusal_problem(refusal))
    return HttpResponse(body, status=status_of(refusal), content_type=PROBLEM, headers=refusal_headers(refusal))


def to_problem(response: HttpResponse) -> None:
    """Turn an error of a view or the framework that isn't a problem into one, in place."""
    if response.streaming:
        return
    detail = ""
    # Of what isn't here, the framework only says which table it isn't in.
    if response.status_code != 404 and response.get("Content-Type", "").startswith("application/json"):
        try:
            data = orjson.loads(response.content)
            detail = data.get("message") or data.get("detail") or "" if isinstance(data, dict) else ""
        except orjson.JSONDecodeError:
            detail = ""
    replace_body(
        response, orjson.dumps(problem(response.status_code, detail=detail if isinstance(detail, str) else "")), PROBLEM
    )


def replace_body(response: HttpResponse, body: bytes, content_type: str) -> None:
    """Replace the body of a finished response, and the headers that describe it."""
    response.content = body
    response["Content-Type"] = content_type
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(body))
    del response["ETag"]


def wants_json(request: HttpRequest) -> bool:
    if request.path.startswith(("/api/", "/hooks/")):
        return True
    accepted = request.headers.get("Accept", "")
    return "json" in accepted and "text/html" not in accepted
