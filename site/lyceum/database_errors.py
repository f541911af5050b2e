"""What the database says when it can't be asked now, as refusals: 503, with a time to come back."""

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

SAY_EVERY = 10.0

# The server is well; this one statement had to wait for too long, or was in somebody's way.
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
    """Return what an error of the database means to whoever asks, or None for a fault of ours. Logs it, not too often."""
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    if isinstance(cause, _BUSY):
        _log.say("busy", error)
        return Busy(retry_after=2)
    if isinstance(error, OperationalError | InterfaceError) or isinstance(
        cause, psycopg.errors.IdleInTransactionSessionTimeout
    ):
        _log.say("away", error)
        return DatabaseUnavailable(retry_after=5)
    return None


class RetryMiddleware:
    """Ask once more where a connection broke under a request that changes nothing: a restart of the server, or of a proxy."""

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
    """A line for the first error of a kind and then one every SAY_EVERY seconds: an outage must not fill the disk."""

    def __init__(self) -> None:
        self.lock, self.said_at, self.unsaid = threading.Lock(), {}, {}  # type: ignore[var-annotated]

    def say(self, kind: str, error: BaseException) -> None:
        moment = time.monotonic()
        with self.lock:
            self.unsaid[kind] = self.unsaid.get(kind, 0) + 1
            if moment - self.said_at.get(kind, float("-inf")) < SAY_EVERY:
                return
            count, self.unsaid[kind], self.said_at[kind] = self.unsaid[kind], 0, moment
        logger.error("the database is %s, %d times since the last line: %s", kind, count, str(error).strip())


_log = _Log()
