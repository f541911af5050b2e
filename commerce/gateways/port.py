"""The port: what checkout asks of a payment provider, and how a provider says no."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol, runtime_checkable

from commerce.gateways.facts import (
    PageRequest,
    PaymentPage,
    ProviderEvent,
    RefundRequest,
    RemotePayment,
    RemoteRefund,
)


class GatewayError(Exception):
    """Whatever a gateway can raise."""


class GatewayUnavailable(GatewayError):
    """Nobody knows whether it happened: ask again with the same id, after `retry_after` seconds."""

    def __init__(self, message: str = "", retry_after: float = 5.0) -> None:
        self.retry_after = retry_after
        super().__init__(message or "The payment provider can't be reached.")


class GatewayRefused(GatewayError):
    """It did not happen, and asking again with the same values won't change that."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


class BadSignature(GatewayError):
    """A message that the provider did not sign, signed long ago, or that is no event at all."""


@runtime_checkable
class Gateway(Protocol):
    """A payment provider for one academy. Safe to use from several threads; never inside a transaction."""

    name: str

    def open_page(self, request: PageRequest) -> PaymentPage:
        """Open a hosted payment page; the same attempt_id gives the same page."""

    def read(self, reference: str) -> RemotePayment:
        """Fetch a payment afresh, by the page's reference or the payment's. Raises GatewayRefused("not_found")."""

    def expire(self, reference: str) -> RemotePayment:
        """Close a page so that nobody pays it any more, and say what became of it: a paid one stays paid."""

    def refund(self, request: RefundRequest) -> RemoteRefund:
        """Give money back; the same refund_id refunds once. Raises GatewayRefused("over_refund")."""

    def recent_payments(self, since: datetime) -> Iterator[RemotePayment]:
        """Yield the payments opened or refunded since then, and any that could have been paid since then."""

    def read_event(self, body: bytes, signature: str) -> ProviderEvent:
        """Verify and read a message from the provider; calls nobody. Raises BadSignature for anything else."""

    def ensure_webhook(self, url: str) -> str:
        """Have messages sent to this address and return the signing secret.

        Replaces an address registered before, with its secret and what was still on its way: call it once and store
        the answer.
        """
