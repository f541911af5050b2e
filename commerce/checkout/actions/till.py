"""The academy's own account with its payment provider, asked in bounded time and never inside a transaction."""

import logging
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

from celery import current_task
from django.conf import settings
from django.db import connection

from academies.kernel.breaker import Breaker
from academies.tenants.context import current_schema
from commerce.checkout import seals
from commerce.checkout.actions.refusals import PaymentsNotSetUp
from commerce.checkout.models import PaymentAccount
from commerce.gateways.choose import gateway as choose
from commerce.gateways.facts import PageRequest, PaymentPage, ProviderEvent, RefundRequest, RemotePayment, RemoteRefund
from commerce.gateways.guard import GuardedGateway, Limits, Places, time_limit
from commerce.gateways.port import Gateway

logger = logging.getLogger(__name__)

PROVIDER = "stripe"

Action = TypeVar("Action", bound=Callable[..., Any])


class CallInTransaction(RuntimeError):
    """A mistake of ours: a provider takes seconds, and a transaction holds locks."""


def gateway() -> "Till":
    """Return the gateway of the current academy: its own account, else the deployment's. Raises PaymentsNotSetUp."""
    account = PaymentAccount.objects.filter(provider=PROVIDER).first()
    if account:
        return Till(_of(account))
    if settings.STRIPE_SECRET_KEY:
        return Till(_guarded(settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, "the deployment's account"))
    raise PaymentsNotSetUp()


def refuse_without_account() -> None:
    """Raise PaymentsNotSetUp where the current academy can't be paid."""
    gateway()


def _of(account: PaymentAccount) -> Gateway:
    try:
        return _guarded(account.secret_key, account.webhook_secret, current_schema())
    except seals.CannotOpen as error:
        logger.error("the payment account of %s can't be opened: %s", current_schema(), error)
        raise PaymentsNotSetUp() from error


def with_key(secret_key: str) -> "Till":
    """Return a gateway for a key that is not stored yet."""
    return Till(_guarded(secret_key, "", current_schema()))


def within_time(seconds: float | None = None) -> Callable[[Action], Action]:
    """Bound what an action may spend on the provider in all, while somebody waits for a page.

    seconds: None is the setting PROVIDER_SECONDS.  A task of the worker has the adapter's own timeouts only.
    """

    def decorate(action: Action) -> Action:
        @wraps(action)
        def bounded(*args: Any, **kwargs: Any) -> Any:
            if _is_task():
                return action(*args, **kwargs)
            with time_limit(seconds or settings.PROVIDER_SECONDS):
                return action(*args, **kwargs)

        return cast(Action, bounded)

    return decorate


def _is_task() -> bool:
    return bool(current_task)


# Seconds for one try, and how often it is repeated. The guard bounds the whole for web requests; these bound how long a
# call that nobody waits for any more keeps its place.
_PATIENT = {"timeout": 8.0, "max_network_retries": 2}
_PROMPT = {"timeout": 3.0, "max_network_retries": 2}


def _guarded(secret_key: str, webhook_secret: str, name: str) -> Gateway:
    limits = None if _is_task() else (settings.PROVIDER_SECONDS, settings.PROVIDER_CALLS_AT_ONCE)
    return _made(settings.PAYMENT_GATEWAY, secret_key, webhook_secret, settings.STRIPE_API_BASE or None, name, limits)


@lru_cache(maxsize=256)
def _made(
    path: str, secret_key: str, webhook_secret: str, api_base: str | None, name: str, limits: tuple[float, int] | None
) -> Gateway:
    times = _PROMPT if limits else _PATIENT
    adapter = choose(path, secret_key=secret_key, webhook_secret=webhook_secret, api_base=api_base, **times)
    if limits:
        breaker = Breaker("provider", name, failures=3, pause=10)
        return GuardedGateway(adapter, breaker=breaker, limits=Limits(limits[0], _places(limits[1])))
    return GuardedGateway(adapter, breaker=_breaker_of_worker(path, api_base), limits=None)


@lru_cache(maxsize=8)
def _breaker_of_worker(path: str, api_base: str | None) -> Breaker:
    # One for all accounts: of many academies each would let probes through, and they would take all of the worker's time.
    return Breaker("provider", "all accounts", failures=3, pause=30)


@lru_cache(maxsize=8)
def _places(at_once: int) -> Places:
    # One for all academies of a process: it is the process's threads that must not all wait.
    return Places(at_once)


def refuse_inside_transaction() -> None:
    """Raise CallInTransaction while a transaction is open, other than the one a test wraps around itself."""
    # `_from_testcase` is Django's own mark; its check of durable transactions relies on it as well.
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise CallInTransaction("the payment provider was about to be asked inside a transaction")


class Till:
    """A gateway that refuses to call anybody while a transaction is open."""

    def __init__(self, adapter: Gateway) -> None:
        self._adapter = adapter
        self.name = adapter.name

    def open_page(self, request: PageRequest) -> PaymentPage:
        return self._outside().open_page(request)

    def read(self, reference: str) -> RemotePayment:
        return self._outside().read(reference)

    def expire(self, reference: str) -> RemotePayment:
        return self._outside().expire(reference)

    def refund(self, request: RefundRequest) -> RemoteRefund:
        return self._outside().refund(request)

    def recent_payments(self, since: Any) -> Iterator[RemotePayment]:
        return self._outside().recent_payments(since)

    def ensure_webhook(self, url: str) -> str:
        return self._outside().ensure_webhook(url)

    def read_event(self, body: bytes, signature: str) -> ProviderEvent:
        return self._adapter.read_event(body, signature)

    def _outside(self) -> Gateway:
        refuse_inside_transaction()
        return self._adapter
