"""The gateways of the current academy: with its own account, limited in time, and never called inside a transaction.

A new payment goes to the provider that the academy has chosen; everything about an older one goes to the provider of
its attempt.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

from celery import current_task
from django.conf import settings
from django.db import connection

from academies.kernel.breaker import Breaker
from academies.tenants.context import current_schema
from commerce.checkout import encryption, queries
from commerce.checkout.models import PaymentAccount
from commerce.checkout.refusals import NotRecordedByHand, PaymentsNotSetUp
from commerce.gateways.guard import GuardedGateway, Limits, Slots, time_limit
from commerce.gateways.port import Gateway, RecordsByHand
from commerce.gateways.providers import Provider
from commerce.gateways.types import (
    CheckoutSession,
    PaymentEvent,
    RefundRequest,
    RemotePayment,
    RemoteRefund,
    SessionRequest,
)

logger = logging.getLogger(__name__)

Action = TypeVar("Action", bound=Callable[..., Any])


class CallInTransaction(RuntimeError):
    """A programming error: a provider takes seconds, and a transaction holds locks."""


def current() -> Gateway:
    """Return the gateway for new payments of the current academy. Raises PaymentsNotSetUp."""
    return named(queries.current_provider())


def named(provider: str) -> Gateway:
    """Return the gateway of a provider: with the academy's own account, else the deployment's. Raises PaymentsNotSetUp."""
    return TransactionGuard(_adapter(provider))


def by_hand(provider: str) -> RecordsByHand:
    """Return the gateway of a provider whose payments people record. Raises NotRecordedByHand, PaymentsNotSetUp."""
    adapter = _adapter(provider)
    if not isinstance(adapter, RecordsByHand):
        raise NotRecordedByHand()
    return adapter


def with_key(provider: str, secret_key: str) -> Gateway:
    """Return a gateway for a key that is not stored yet. Raises PaymentsNotSetUp for a provider that takes none."""
    declared = queries.providers().get(provider)
    if declared is None or not declared.is_remote:
        raise PaymentsNotSetUp()
    return TransactionGuard(_guarded(declared, secret_key, "", current_schema()))


def _adapter(provider: str) -> Gateway:
    declared = queries.providers().get(provider)
    if declared is None:
        logger.error("academy %s uses the payment provider %s, which is not offered here", current_schema(), provider)
        raise PaymentsNotSetUp()
    if not declared.is_remote:
        return declared.build()
    account = PaymentAccount.objects.filter(provider=provider).first()
    if account:
        return _of_account(declared, account)
    secret_key, webhook_secret = queries.deployment_account(declared)
    if not secret_key:
        raise PaymentsNotSetUp()
    return _guarded(declared, secret_key, webhook_secret, "the deployment's account")


def _of_account(declared: Provider, account: PaymentAccount) -> Gateway:
    try:
        return _guarded(declared, account.secret_key, account.webhook_secret, current_schema())
    except encryption.CannotDecrypt as error:
        logger.error("the payment account of %s can't be decrypted: %s", current_schema(), error)
        raise PaymentsNotSetUp() from error


def within_time(seconds: float | None = None) -> Callable[[Action], Action]:
    """Limit the time that an action spends on providers in all, while somebody waits for a page.

    seconds: None is the setting PROVIDER_SECONDS.  A task of the worker has the adapter's own timeouts only.
    """

    def decorate(action: Action) -> Action:
        @wraps(action)
        def limited(*args: Any, **kwargs: Any) -> Any:
            if _is_task():
                return action(*args, **kwargs)
            with time_limit(seconds or settings.PROVIDER_SECONDS):
                return action(*args, **kwargs)

        return cast(Action, limited)

    return decorate


def _is_task() -> bool:
    return bool(current_task)


# Seconds for one try, and how often it is repeated. The guard limits the whole for web requests; these limit how long a
# call that nobody waits for any more keeps its slot.
_IN_TASKS = {"timeout": 8.0, "max_network_retries": 2}
_IN_REQUESTS = {"timeout": 3.0, "max_network_retries": 2}


def _guarded(declared: Provider, secret_key: str, webhook_secret: str, account: str) -> Gateway:
    limits = None if _is_task() else (settings.PROVIDER_SECONDS, settings.PROVIDER_CALLS_AT_ONCE)
    options = tuple((keyword, getattr(settings, name)) for keyword, name in declared.options.items())
    return _build(
        declared.name, (("secret_key", secret_key), ("webhook_secret", webhook_secret), *options), account, limits
    )


@lru_cache(maxsize=256)
def _build(
    provider: str, options: tuple[tuple[str, Any], ...], account: str, limits: tuple[float, int] | None
) -> Gateway:
    adapter = queries.providers()[provider].build(**dict(options), **(_IN_REQUESTS if limits else _IN_TASKS))
    if limits:
        breaker = Breaker("provider", account, failures=3, pause=10)
        return GuardedGateway(adapter, breaker=breaker, limits=Limits(limits[0], _slots(limits[1])))
    return GuardedGateway(adapter, breaker=_breaker_of_worker(provider), limits=None)


@lru_cache(maxsize=8)
def _breaker_of_worker(provider: str) -> Breaker:
    # One for all accounts: of many academies each would let probes through, and they would take all of the worker's time.
    return Breaker("provider", "all accounts", failures=3, pause=30)


@lru_cache(maxsize=8)
def _slots(at_once: int) -> Slots:
    # One for all academies of a process: it is the process's threads that must not all wait.
    return Slots(at_once)


def check_outside_transaction() -> None:
    """Raise CallInTransaction while a transaction is open, other than the one a test wraps around itself."""
    # `_from_testcase` is Django's own mark; its check of durable transactions relies on it as well.
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise CallInTransaction("the payment provider was about to be called inside a transaction")


class TransactionGuard:
    """A gateway that refuses to call anybody while a transaction is open."""

    def __init__(self, adapter: Gateway) -> None:
        self._adapter = adapter
        self.name = adapter.name

    def open_session(self, request: SessionRequest) -> CheckoutSession:
        return self._checked().open_session(request)

    def read(self, reference: str) -> RemotePayment:
        return self._checked().read(reference)

    def expire(self, reference: str) -> RemotePayment:
        return self._checked().expire(reference)

    def refund(self, request: RefundRequest) -> RemoteRefund:
        return self._checked().refund(request)

    def recent_payments(self, since: datetime) -> Iterator[RemotePayment]:
        return self._checked().recent_payments(since)

    def ensure_webhook(self, url: str) -> str:
        return self._checked().ensure_webhook(url)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        return self._adapter.read_event(headers, body)

    def _checked(self) -> Gateway:
        check_outside_transaction()
        return self._adapter
