"""A gateway around any other: a provider that hangs may cost a request a few seconds, and other requests nothing.

Three limits, for calls that a web request makes:
- time: a call ends after `seconds`, whatever the provider, its SDK or the name server does. It runs on a thread of its own,
  because a socket's timeout limits neither a name look-up nor a response that comes byte by byte;
- slots: at most `at_once` calls of a process run, so that all other threads serve what needs no provider;
- a breaker per account: after some failures in a row callers are refused at once, until a probe gets a response.

A call that was cut short may still happen. Every call of the port may be repeated with the same id, so that is harmless.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore
from time import monotonic
from typing import TypeVar

from academies.kernel.breaker import Breaker
from commerce.gateways.port import Gateway, GatewayRefused, GatewayUnavailable
from commerce.gateways.types import (
    CheckoutSession,
    PaymentEvent,
    RefundRequest,
    RemotePayment,
    RemoteRefund,
    SessionRequest,
)

T = TypeVar("T")


class Busy(GatewayUnavailable):
    """All slots are taken by calls that are still running."""


@dataclass(slots=True)
class _Budget:
    """seconds: how long the calls of one block may still wait for the provider. Waiting for our own database is free."""

    seconds: float


_budget: ContextVar[_Budget | None] = ContextVar("provider_budget", default=None)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let all calls inside the block together wait no longer than this. Inside another block, the outer one counts."""
    token = _budget.set(_budget.get() or _Budget(seconds))
    try:
        yield
    finally:
        _budget.reset(token)


class Slots:
    """How many calls of this process may run at once, and the threads on which they run.

    wait: seconds for which a caller waits for a free slot.
    """

    def __init__(self, at_once: int, *, wait: float = 0.25) -> None:
        self._free = BoundedSemaphore(at_once)
        self._wait = wait
        self._threads = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="provider")

    def acquire(self) -> None:
        """Take a slot. Raises Busy. Whoever has one calls `start` or `release`."""
        if not self._free.acquire(timeout=self._wait):
            raise Busy("Too many requests are waiting for the payment provider.", retry_after=2)

    def release(self) -> None:
        self._free.release()

    def start(self, call: Callable[[], T]) -> "Future[T]":
        """Start a call on a thread of its own. Its slot is free again when the call has really ended."""
        future = self._threads.submit(copy_context().run, call)
        future.add_done_callback(lambda _: self._free.release())
        return future


@dataclass(frozen=True, slots=True)
class Limits:
    """seconds: for one call.  slots: where calls of web requests run."""

    seconds: float
    slots: Slots


class GuardedGateway:
    """limits: None where nobody waits, as in the worker: then only the adapter's own timeouts and the breaker hold."""

    def __init__(self, adapter: Gateway, *, breaker: Breaker, limits: Limits | None) -> None:
        self._adapter, self._breaker, self._limits = adapter, breaker, limits
        self.name = adapter.name

    def open_session(self, request: SessionRequest) -> CheckoutSession:
        return self._call(lambda: self._adapter.open_session(request))

    def read(self, reference: str) -> RemotePayment:
        return self._call(lambda: self._adapter.read(reference))

    def expire(self, reference: str) -> RemotePayment:
        return self._call(lambda: self._adapter.expire(reference))

    def refund(self, request: RefundRequest) -> RemoteRefund:
        return self._call(lambda: self._adapter.refund(request))

    def ensure_webhook(self, url: str) -> str:
        return self._call(lambda: self._adapter.ensure_webhook(url))

    def recent_payments(self, since: datetime) -> Iterator[RemotePayment]:
        """List without a time limit: the list may be long, and no web request asks for it."""
        self._check_breaker()
        with self._report():
            yield from self._adapter.recent_payments(since)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        return self._adapter.read_event(headers, body)

    def _call(self, call: Callable[[], T]) -> T:
        if self._limits:
            return self._in_time(call, self._limits)
        self._check_breaker()
        with self._report():
            return call()

    def _in_time(self, call: Callable[[], T], limits: Limits) -> T:
        if self._breaker.retry_after():
            raise self._unavailable()
        with _spending(limits.seconds) as seconds:
            limits.slots.acquire()
            try:
                self._check_breaker()
            except GatewayUnavailable:
                limits.slots.release()
                raise
            future = limits.slots.start(call)
            with self._report():
                try:
                    return future.result(seconds)
                except TimeoutError:
                    raise GatewayUnavailable(f"The payment provider didn't answer within {seconds:.1f} s.") from None

    def _check_breaker(self) -> None:
        if not self._breaker.admits():
            raise self._unavailable()

    def _unavailable(self) -> GatewayUnavailable:
        return GatewayUnavailable(retry_after=max(1.0, self._breaker.retry_after()))

    @contextmanager
    def _report(self) -> Iterator[None]:
        """Report a call to the breaker. A refusal is a response; a late response is none."""
        try:
            yield
        except GatewayRefused:
            self._breaker.succeeded()
            raise
        except Exception:
            self._breaker.failed()
            raise
        self._breaker.succeeded()


@contextmanager
def _spending(seconds: float) -> Iterator[float]:
    """Yield how long a call may take, and deduct what it took from the block's budget. Raises GatewayUnavailable when spent."""
    budget = _budget.get() or _Budget(seconds)
    left = min(seconds, budget.seconds)
    if left <= 0:
        raise GatewayUnavailable("The time for the payment provider is used up.")
    started = monotonic()
    try:
        yield left
    finally:
        budget.seconds -= monotonic() - started
