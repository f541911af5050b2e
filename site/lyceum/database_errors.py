"""Turn temporary database errors into refusals with status 503 and Retry-After."""

import logging
import threading
import time
from collections.abc import Callable

import psycopg.errors
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from academies.kernel.errors import Unavailable

logger = logging.getLogger(__name__)

LOG_EVERY = 10.0

# The server is healthy; this statement waited too long for a lock, or conflicted with another.
_BUSY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


class Busy(Unavailable):
    code = "busy"
    title = _("Busy")
    message = _("Somebody else is changing the same thing right now. Nothing was changed; try again in a moment.")


class DatabaseUnavailable(Unavailable):
    title = _("Back in a moment")
    message = _("We can't reach our database right now. Nothing was changed; try again in a moment.")


def refusal_for(error: BaseException | None) -> Unavailable | None:
    """Return the refusal for a temporary database error, or None for any other error. Logs it, rate limited."""
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    if isinstance(cause, _BUSY):
        _log.error("busy", error)
        return Busy(retry_after=2)
    if isinstance(error, OperationalError | InterfaceError) or isinstance(
        cause, psycopg.errors.IdleInTransactionSessionTimeout
    ):
        _log.error("away", error)
        return DatabaseUnavailable(retry_after=5)
    return None


class RetryMiddleware:
    """Repeat a safe request once if its connection was closed, as by a restart of the server or of a pooler."""

    SAFE = ("GET", "HEAD", "OPTIONS")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        broken = connection.connection is not None and connection.connection.closed
        if response.status_code != 503 or request.method not in self.SAFE or not broken:
            return response
        connection.close()
        return self.get_response(request)


class _Log:
    """Logs the first error of a kind, then one line every LOG_EVERY seconds, so that an outage doesn't fill the disk."""

    def __init__(self) -> None:
        self.lock, self.logged_at, self.unlogged = threading.Lock(), {}, {}  # type: ignore[var-annotated]

    def error(self, kind: str, error: BaseException) -> None:
        moment = time.monotonic()
        with self.lock:
            self.unlogged[kind] = self.unlogged.get(kind, 0) + 1
            if moment - self.logged_at.get(kind, float("-inf")) < LOG_EVERY:
                return
            count, self.unlogged[kind], self.logged_at[kind] = self.unlogged[kind], 0, moment
        logger.error("the database is %s, %d times since the last line: %s", kind, count, str(error).strip())


_log = _Log()
