"""Which thread of a web process serves which request: the lanes of waiting requests.

A thread that waits, for a locked row or for a database that is slow, is lost to the others. So requests that may change
something get only some of the threads, and one thread is kept for those that ask nobody: reading goes on while writing
waits, and the process says that it lives whatever happens. Each lane is served in the order of arrival.
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
# A write that found no thread for so many seconds is told so.
PATIENCE = 5.0


class NoFreeThread(Unavailable):
    code = "busy"
    title = _("Busy")
    message = _("Many people are changing something right now. Nothing was changed; try again in a moment.")


class Busy:
    """Stands in for waitress's own errors: what a request is told that found no free thread."""

    def __init__(self, request: Any):
        self.is_for_programs = request.path.startswith(("/api/", "/hooks/"))
        self.accepted = request.headers.get("ACCEPT_LANGUAGE", "")

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        # Gunicorn loads this module before Django.
        from lyceum import errors, languages
        from lyceum.api import errors as problems

        refusal = NoFreeThread(retry_after=2)
        # Nobody has asked yet whose page it is, so it is in a language of the browser's.
        with translation.override(languages.of_header(self.accepted)):
            if self.is_for_programs:
                kind, body = problems.PROBLEM, orjson.dumps(problems.refusal_problem(refusal))
            else:
                kind, body = "text/html; charset=utf-8", errors.unavailable_page(refusal).encode()
        told = {"Content-Type": kind, "Cache-Control": "no-store", **problems.refusal_headers(refusal)}
        return "503 Service Unavailable", list(told.items()), body


@dataclass
class Lane:
    """most: how many threads it may have at once."""

    most: int
    waiting: deque[tuple[float, Any]] = field(default_factory=deque)
    running: int = 0

    def may_go(self) -> bool:
        return bool(self.waiting) and self.running < self.most


class LaneDispatcher:
    """Serves waitress's channels by a fixed number of threads, and one more for what asks nobody.

    Of idle threads the one that worked last goes on, so that few threads, and few connections to the database, stay warm.
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
        """Put a channel whose next request is whole into its lane."""
        with self._lock:
            self._lane_of(channel.requests[0]).waiting.append((time.monotonic(), channel))
            self._call()

    def _lane_of(self, request: Any) -> Lane:
        if request.error or request.path in QUICK:
            return self.quick
        return self.reads if request.command in SAFE else self.writes

    def give_up(self) -> None:
        """Answer the writes that have waited for too long. Called from time to time."""
        too_old = time.monotonic() - PATIENCE
        with self._lock:
            while self.writes.waiting and self.writes.waiting[0][0] < too_old:
                since, channel = self.writes.waiting.popleft()
                channel.requests[0].error = Busy(channel.requests[0])
                self.quick.waiting.append((since, channel))
                self._call()

    def is_stuck(self, seconds: float) -> bool:
        """Answer whether every thread has worked on one request for longer than this."""
        too_old = time.monotonic() - seconds
        with self._lock:
            return len(self._began) >= self.threads and all(began < too_old for began in self._began.values())

    def shutdown(self, timeout: float) -> None:
        """Let the threads finish what they do, and begin nothing more."""
        with self._lock:
            self._stopping = True
            for call in self._calls:
                call.release()
        until = time.monotonic() + timeout
        for each in self._running:
            each.join(max(0.0, until - time.monotonic()))

    def _call(self) -> None:
        """Wake a thread to look for work, if one sleeps. Called with the lock."""
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
        """Return the lane whose first request has waited longest, of those that may have a thread; the quick one first."""
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
            # This thread takes one of what was kept back; where it takes a quick one, somebody else may go as well.
            if self._oldest() is not None:
                self._call()
