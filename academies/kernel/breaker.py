"""A circuit breaker: stop calling a service that doesn't answer for a while, so that callers don't wait for a timeout.

    closed      calls go through; consecutive failures are counted
    open        calls are refused at once, until the pause is over
    half open   one call goes through as a probe: success closes the breaker, failure opens it again

One breaker per process and external service (a payment account, the broker, the cache). Thread-safe; unlike pybreaker,
it holds no lock while a call runs.
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
# Called at each change with the breaker and its former state, for metrics.
watchers: list[Watcher] = []


class Breaker:
    """Call `admits` before each call of the service, and `succeeded` or `failed` after it.

    kind: the kind of service, from a short list ("provider", "broker").  name: which one, for log messages.
    failures: how many consecutive ones open it.  pause: seconds until a probe goes through.
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
        """Return the seconds until the next call is allowed: 0 unless the breaker is open."""
        with self._lock:
            return 0.0 if self._state == State.CLOSED else max(0.0, self._until - self._clock())

    def admits(self) -> bool:
        """Return whether a call may go through. If so, the caller must report its result."""
        with self._lock:
            if self._state == State.CLOSED:
                return True
            if self._clock() < self._until:
                return False
            # One probe at a time. If its thread dies without a report, another one follows after the pause.
            self._until = self._clock() + self.pause
            former = self._set_state(State.HALF_OPEN)
        self._notify_watchers(former)
        return True

    def succeeded(self) -> None:
        with self._lock:
            self._count = 0
            former = self._set_state(State.CLOSED)
        self._notify_watchers(former)

    def failed(self) -> None:
        with self._lock:
            self._count += 1
            if self._state == State.CLOSED and self._count < self._failures:
                return
            self._until = self._clock() + self.pause
            former = self._set_state(State.OPEN)
        self._notify_watchers(former)

    def _set_state(self, state: State) -> State:
        former, self._state = self._state, state
        return former

    def _notify_watchers(self, former: State) -> None:
        state = self._state
        if state == former:
            return
        if State.HALF_OPEN not in (state, former) or state == State.CLOSED:
            logger.warning("the breaker of the %s is %s: %s", self.kind, state, self.name or "-")
        for watcher in watchers:
            watcher(self, former)
