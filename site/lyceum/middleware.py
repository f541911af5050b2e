"""Request ids, in every response and log line, and the client's address."""

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
    """Use the client's X-Request-ID if it is well-formed, else create one, and send it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent_id = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = sent_id if ACCEPTABLE.match(sent_id) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        request.META["REMOTE_ADDR"] = client_address(request)
        token = _request_id.set(request_id)
        try:
            # Don't leave this request's language active for the next one on this thread.
            with translation.override(translation.get_language()):
                response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response["X-Request-ID"] = request_id
        return response


def client_address(request: HttpRequest) -> str:
    """Return the address of the client. Nothing else reads X-Forwarded-For.

    Each proxy appends one address, so only the last NUM_PROXIES can be trusted; the client may have sent those before
    them. Without a proxy the header is ignored.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "127.0.0.1")
    chain = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if entry.strip()]
    if not settings.NUM_PROXIES or len(chain) < settings.NUM_PROXIES:
        return peer
    return chain[-settings.NUM_PROXIES]


def current_request_id() -> str:
    return _request_id.get()


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        record.academy = getattr(connection, "schema_name", "-")
        return True
