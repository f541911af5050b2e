"""Distributes the requests of a web process over its threads, in three queues (lanes).

A thread that waits for a locked row or a slow database is lost to other requests. So writes get only some of the threads,
and one thread is reserved for liveness checks: reads continue while writes wait, and the process always reports that it
is alive. Each lane is served in order of arrival.
"""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from academies.kernel.errors import Unavailable

logger = logging.getLogger(__name__)

SAFE = ("GET", "HEAD", "OPTIONS")
QUICK = ("/health/live", "/health/live/")
# Seconds after which a write that found no free thread gets a 503.
MAX_WAIT = 5.0


class NoFreeThread(Unavailable):
    code = "busy"
    title = _("Busy")
    message = _("The server is busy. Nothing was changed; try again in a moment.")


class Busy:
    """Replaces waitress's error objects: the response to a request that found no free thread."""

    def __init__(self, request: Any):
        self.is_for_programs = request.path.startswith(("/api/", "/hooks/"))
        self.accepted = request.headers.get("ACCEPT_LANGUAGE", "")

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        # Gunicorn loads this module before Django.
        from lyceum import errors, languages
        from lyceum.api import errors as problems

        refusal = NoFreeThread(retry_after=2)
        # The academy isn't looked up yet, so use the language of the browser.
        with translation.override(languages.of_header(self.accepted)):
            if self.is_for_programs:
                kind, body = problems.PROBLEM, orjson.dumps(problems.refusal_problem(refusal))
            else:
                kind, body = "text/html; charset=utf-8", errors.unavailable_page(refusal).encode()
        headers = {"Content-Type": kind, "Cache-Control": "no-store", **problems.refusal_headers(refusal)}
        return "503 Service Unavailable", list(headers.items()), body


@dataclass
class Lane:
    """A queue of requests.  most: how many threads may serve it at once."""

    most: int
    waiting: deque[tuple[float, Any]] = field(default_factory=deque)
    running: int = 0

    def may_go(self) -> bool:
        return bool(self.waiting) and self.running < self.most


class LaneDispatcher:
    """Serves waitress's channels with a fixed number of threads, and one more for liveness checks.

    The most recently used idle thread is woken, so that few threads and database connections are kept busy.
    """

    def __init__(self, threads: int, writers: int):
        self.threads = threads
        self.quick, self.reads, self.writes = Lane(threads + 1), Lane(threads), Lane(writers)
        self._lock = threading.Lock()
        self._idle: list[int] = []
        self._calls = [threading.Semaphore(0) for _ in range(threads + 1)]
        self._began: dict[int, float] = {}
        self._stopping = False
        self._running = [
            threading.Thread(target=self._work, args=(number,), name=f"web-{number}", daemon=True)
            for number in range(threads + 1)
        ]
        for each in self._running:
            each.start()

    # --- for the main loop -------------------------------------------------------------------------------------------
    def add_task(self, channel: Any) -> None:
        """Queue a channel whose next request has been received completely."""
        with self._lock:
            self._lane_of(channel.requests[0]).waiting.append((time.monotonic(), channel))
            self._call()

    def _lane_of(self, request: Any) -> Lane:
        if request.error or request.path in QUICK:
            return self.quick
        return self.reads if request.command in SAFE else self.writes

    def give_up(self) -> None:
        """Let writes that have waited too long fail with a 503. Called periodically."""
        too_old = time.monotonic() - MAX_WAIT
        with self._lock:
            while self.writes.waiting and self.writes.waiting[0][0] < too_old:
                since, channel = self.writes.waiting.popleft()
                channel.requests[0].error = Busy(channel.requests[0])
                self.quick.waiting.append((since, channel))
                self._call()

    def is_stuck(self, seconds: float) -> bool:
        """Return whether every thread has been serving one request for longer than this."""
        too_old = time.monotonic() - seconds
        with self._lock:
            return len(self._began) >= self.threads and all(began < too_old for began in self._began.values())

    def shutdown(self, timeout: float) -> None:
        """Let the threads finish their requests and start no others."""
        with self._lock:
            self._stopping = True
            for call in self._calls:
                call.release()
        until = time.monotonic() + timeout
        for each in self._running:
            each.join(max(0.0, until - time.monotonic()))

    def _call(self) -> None:
        """Wake an idle thread, if there is one. The caller holds the lock."""
        if self._idle:
            self._calls[self._idle.pop()].release()

    # --- the threads -------------------------------------------------------------------------------------------------
    def _work(self, number: int) -> None:
        while (turn := self._next(number)) is not None:
            lane, channel = turn
            try:
                channel.service()
            except BaseException:
                logger.exception("a request could not be served")
            finally:
                self._done(number, lane)

    def _next(self, number: int) -> tuple[Lane, Any] | None:
        while True:
            with self._lock:
                if self._stopping:
                    return None
                lane = self._oldest()
                if lane is not None:
                    lane.running += 1
                    self._began[number] = time.monotonic()
                    return lane, lane.waiting.popleft()[1]
                self._idle.append(number)
            self._calls[number].acquire()

    def _oldest(self) -> Lane | None:
        """Return the lane to serve next: the quick one, else the one whose first request has waited longest."""
        if self.quick.may_go():
            return self.quick
        if self.reads.running + self.writes.running >= self.threads:
            return None
        ready = [lane for lane in (self.reads, self.writes) if lane.may_go()]
        return min(ready, key=lambda lane: lane.waiting[0][0], default=None)

    def _done(self, number: int, lane: Lane) -> None:
        with self._lock:
            lane.running -= 1
            del self._began[number]
            # This thread takes one waiting request. If that is a quick one, another thread may take the next.
            if self._oldest() is not None:
                self._call()
