"""The edge: a request's id, in every answer and log line, and the address it really came from."""

import contextvars
import logging
import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import translation

_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")
ACCEPTABLE = re.compile(r"^[\w.:-]{1,80}\Z", re.ASCII)


class RequestIdMiddleware:
    """Keep a caller's X-Request-ID when it is harmless, make one otherwise, and send it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if ACCEPTABLE.match(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        request.META["REMOTE_ADDR"] = client_address(request)
        mark = _request_id.set(request_id)
        try:
            # What one request's language was must not be the next one's on this thread.
            with translation.override(translation.get_language()):
                answer = self.get_response(request)
        finally:
            _request_id.reset(mark)
        answer["X-Request-ID"] = request_id
        return answer


def client_address(request: HttpRequest) -> str:
    """Return who is at the other end, so that nobody else has to read X-Forwarded-For.

    Each proxy appends one address, so only the last NUM_PROXIES of them were written by somebody we trust: what stands
    before them is the client's own invention. Behind no proxy the header means nothing.
    """
    own = str(request.META.get("REMOTE_ADDR") or "127.0.0.1")
    chain = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
    if not settings.NUM_PROXIES or len(chain) < settings.NUM_PROXIES:
        return own
    return chain[-settings.NUM_PROXIES]


def current_request_id() -> str:
    return _request_id.get()


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        record.academy = getattr(connection, "schema_name", "-")
        return True
