"""A circuit breaker: stop asking somebody who doesn't answer, for a while, so that nobody waits for nothing.

    closed      calls go through; failures in a row are counted
    open        calls are refused at once, until the pause is over
    half open   one call goes through as a probe: its success closes the breaker, its failure opens it again

One breaker per process and per thing outside (a payment account, the broker, the cache). Safe to use from several threads:
no lock is held while a call runs, which is why this is not pybreaker.
"""

import logging
import time
from collections.abc import Callable
from enum import StrEnum
from threading import Lock

logger = logging.getLogger(__name__)


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


Watcher = Callable[["Breaker", State], None]
# Called at each change, with the breaker and its former state: for metrics.
watchers: list[Watcher] = []


class Breaker:
    """Ask `admits` before a call, and tell `succeeded` or `failed` after it.

    kind: what is outside, from a short list ("provider", "broker").  name: which of them, for log lines.
    failures: how many in a row open it.  pause: seconds until a probe goes through.
    """

    def __init__(
        self, kind: str, name: str = "", *, failures: int, pause: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.kind, self.name = kind, name
        self.pause, self._failures, self._clock = pause, failures, clock
        self._count, self._state, self._until = 0, State.CLOSED, 0.0
        self._lock = Lock()

    @property
    def state(self) -> State:
        return self._state

    def retry_after(self) -> float:
        """Return the seconds until the next call may be tried: 0 unless the breaker is open."""
        with self._lock:
            return 0.0 if self._state == State.CLOSED else max(0.0, self._until - self._clock())

    def admits(self) -> bool:
        """Say whether a call may go through. A caller who is told yes must tell what became of it."""
        with self._lock:
            if self._state == State.CLOSED:
                return True
            if self._clock() < self._until:
                return False
            # One probe at a time. One that never reports, because its thread died, is followed by another.
            self._until = self._clock() + self.pause
            former = self._become(State.HALF_OPEN)
        self._tell(former)
        return True

    def succeeded(self) -> None:
        with self._lock:
            self._count = 0
            former = self._become(State.CLOSED)
        self._tell(former)

    def failed(self) -> None:
        with self._lock:
            self._count += 1
            if self._state == State.CLOSED and self._count < self._failures:
                return
            self._until = self._clock() + self.pause
            former = self._become(State.OPEN)
        self._tell(former)

    def _become(self, state: State) -> State:
        former, self._state = self._state, state
        return former

    def _tell(self, former: State) -> None:
        state = self._state
        if state == former:
            return
        if State.HALF_OPEN not in (state, former) or state == State.CLOSED:
            logger.warning("the breaker of the %s is %s: %s", self.kind, state, self.name or "-")
        for watcher in watchers:
            watcher(self, former)
