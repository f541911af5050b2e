"""The academy's own account with its payment provider, and the promise never to ask it inside a transaction."""

import logging
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from academies.tenants.context import here
from commerce.checkout import seals
from commerce.checkout.actions.refusals import PaymentsNotSetUp
from commerce.checkout.models import PaymentAccount
from commerce.gateways.choose import gateway as choose
from commerce.gateways.facts import PageRequest, PaymentPage, ProviderEvent, RefundRequest, RemotePayment, RemoteRefund
from commerce.gateways.port import Gateway

logger = logging.getLogger(__name__)

PROVIDER = "stripe"


class CallInTransaction(RuntimeError):
    """A mistake of ours: a provider takes seconds, and a transaction holds locks."""


def gateway() -> "Till":
    """Return the gateway of the current academy: its own account, else the deployment's. Raises PaymentsNotSetUp."""
    account = PaymentAccount.objects.filter(provider=PROVIDER).first()
    if account:
        return Till(_of(account))
    if settings.STRIPE_SECRET_KEY:
        return Till(_adapter(settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET))
    raise PaymentsNotSetUp()


def refuse_without_account() -> None:
    """Raise PaymentsNotSetUp where the current academy can't be paid."""
    gateway()


def _of(account: PaymentAccount) -> Gateway:
    try:
        return _adapter(account.secret_key, account.webhook_secret)
    except seals.CannotOpen as error:
        logger.error("the payment account of %s can't be opened: %s", here(), error)
        raise PaymentsNotSetUp() from error


def with_key(secret_key: str) -> "Till":
    """Return a gateway for a key that is not stored yet."""
    return Till(_adapter(secret_key, ""))


def _adapter(secret_key: str, webhook_secret: str) -> Gateway:
    return _made(settings.PAYMENT_GATEWAY, secret_key, webhook_secret, settings.STRIPE_API_BASE or None)


@lru_cache(maxsize=256)
def _made(path: str, secret_key: str, webhook_secret: str, api_base: str | None) -> Gateway:
    return choose(path, secret_key=secret_key, webhook_secret=webhook_secret, api_base=api_base)


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
