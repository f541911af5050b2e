"""A gateway around any other: a provider that hangs may cost a request a few seconds, and other requests nothing.

Three limits, for calls that a web request makes:
- time: a call ends after `seconds`, whatever the provider, its SDK or the name server does. It runs on a thread of its own,
  because a socket's timeout limits neither a look-up of a name nor an answer that comes byte by byte;
- places: at most `at_once` calls of a process run, so that all other threads serve what needs no provider;
- a breaker per account: after some failures in a row callers are told so at once, until a probe is answered.

A call that was cut short may still happen. Every call of the port may be repeated with the same id, so that is harmless.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore
from time import monotonic
from typing import TypeVar

from academies.kernel.breaker import Breaker
from commerce.gateways.facts import PageRequest, PaymentPage, ProviderEvent, RefundRequest, RemotePayment, RemoteRefund
from commerce.gateways.port import Gateway, GatewayRefused, GatewayUnavailable

T = TypeVar("T")


class Busy(GatewayUnavailable):
    """All places are taken by calls that have not been answered yet."""


@dataclass(slots=True)
class _Budget:
    """seconds: what the calls of one block may still wait for the provider. Waiting for our own database costs nothing."""

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


class Places:
    """How many calls of this process may run at once, and the threads on which they run.

    wait: seconds for which a caller waits for a free place.
    """

    def __init__(self, at_once: int, *, wait: float = 0.25) -> None:
        self._free = BoundedSemaphore(at_once)
        self._wait = wait
        self._threads = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="provider")

    def take(self) -> None:
        """Take a place. Raises Busy. Whoever has one calls `start` or `give_back`."""
        if not self._free.acquire(timeout=self._wait):
            raise Busy("Too many requests are waiting for the payment provider.", retry_after=2)

    def give_back(self) -> None:
        self._free.release()

    def start(self, call: Callable[[], T]) -> "Future[T]":
        """Start a call on a thread of its own. Its place is free again when the call has really ended."""
        future = self._threads.submit(copy_context().run, call)
        future.add_done_callback(lambda _: self._free.release())
        return future


@dataclass(frozen=True, slots=True)
class Limits:
    """seconds: for one call.  places: where calls of web requests run."""

    seconds: float
    places: Places


class GuardedGateway:
    """limits: None where nobody waits, as in the worker: then only the adapter's own timeouts and the breaker hold."""

    def __init__(self, adapter: Gateway, *, breaker: Breaker, limits: Limits | None) -> None:
        self._adapter, self._breaker, self._limits = adapter, breaker, limits
        self.name = adapter.name

    def open_page(self, request: PageRequest) -> PaymentPage:
        return self._ask(lambda: self._adapter.open_page(request))

    def read(self, reference: str) -> RemotePayment:
        return self._ask(lambda: self._adapter.read(reference))

    def expire(self, reference: str) -> RemotePayment:
        return self._ask(lambda: self._adapter.expire(reference))

    def refund(self, request: RefundRequest) -> RemoteRefund:
        return self._ask(lambda: self._adapter.refund(request))

    def ensure_webhook(self, url: str) -> str:
        return self._ask(lambda: self._adapter.ensure_webhook(url))

    def recent_payments(self, since: datetime) -> Iterator[RemotePayment]:
        """List without a time limit: the list may be long, and no web request asks for it."""
        self._refuse_while_open()
        with self._reported():
            yield from self._adapter.recent_payments(since)

    def read_event(self, body: bytes, signature: str) -> ProviderEvent:
        return self._adapter.read_event(body, signature)

    def _ask(self, call: Callable[[], T]) -> T:
        if self._limits:
            return self._in_time(call, self._limits)
        self._refuse_while_open()
        with self._reported():
            return call()

    def _in_time(self, call: Callable[[], T], limits: Limits) -> T:
        if self._breaker.retry_after():
            raise self._unavailable()
        with _spending(limits.seconds) as seconds:
            limits.places.take()
            try:
                self._refuse_while_open()
            except GatewayUnavailable:
                limits.places.give_back()
                raise
            future = limits.places.start(call)
            with self._reported():
                try:
                    return future.result(seconds)
                except TimeoutError:
                    raise GatewayUnavailable(f"The payment provider didn't answer within {seconds:.1f} s.") from None

    def _refuse_while_open(self) -> None:
        if not self._breaker.admits():
            raise self._unavailable()

    def _unavailable(self) -> GatewayUnavailable:
        return GatewayUnavailable(retry_after=max(1.0, self._breaker.retry_after()))

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Tell the breaker what became of a call. A provider that refuses has answered; one that answers late has not."""
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
    """Yield how long a call may take, and take what it took off the block's budget. Raises GatewayUnavailable when spent."""
    budget = _budget.get() or _Budget(seconds)
    left = min(seconds, budget.seconds)
    if left <= 0:
        raise GatewayUnavailable("The time for asking the payment provider is spent.")
    began = monotonic()
    try:
        yield left
    finally:
        budget.seconds -= monotonic() - began
