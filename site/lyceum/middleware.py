"""Request ids: on every answer and in every log line."""

import contextvars
import logging
import re
import uuid
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")
_ACCEPTABLE = re.compile(r"^[\w.:-]{1,80}$", re.ASCII)


class RequestIdMiddleware:
    """Keep a caller's X-Request-ID when it is harmless, make one otherwise, and send it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _ACCEPTABLE.match(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        mark = _request_id.set(request_id)
        try:
            answer = self.get_response(request)
        finally:
            _request_id.reset(mark)
        answer["X-Request-ID"] = request_id
        return answer


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        record.academy = getattr(connection, "schema_name", "-")
        return True
