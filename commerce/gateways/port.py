"""The port: what checkout needs of a payment provider, and how a provider refuses."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from commerce.gateways.types import (
    CheckoutSession,
    PaymentEvent,
    RefundRequest,
    RemotePayment,
    RemoteRefund,
    SessionRequest,
)


class GatewayError(Exception):
    """Any error of a gateway."""


class GatewayUnavailable(GatewayError):
    """Unknown whether it happened: ask again with the same id, after `retry_after` seconds."""

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
    """A payment provider for one academy. Thread-safe; never called inside a transaction."""

    name: str

    def open_session(self, request: SessionRequest) -> CheckoutSession:
        """Open a checkout session; the same attempt_id gives the same session."""

    def read(self, reference: str) -> RemotePayment:
        """Fetch a payment, by the session's reference or the payment's. Raises GatewayRefused("not_found")."""

    def expire(self, reference: str) -> RemotePayment:
        """Close a session so that nobody pays it any more, and return what became of it: a paid one stays paid."""

    def refund(self, request: RefundRequest) -> RemoteRefund:
        """Refund a payment; the same refund_id refunds once. Raises GatewayRefused("over_refund")."""

    def recent_payments(self, since: datetime) -> Iterator[RemotePayment]:
        """Yield the payments opened or refunded since then, and any that could have been paid since then."""

    def read_event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        """Verify and read a message from the provider, without a call. Raises BadSignature for anything else."""

    def ensure_webhook(self, url: str) -> str:
        """Have events sent to this address and return the signing secret.

        Replaces an address registered before, with its secret and the events on their way: call it once and store
        the secret.
        """


@runtime_checkable
class RecordsByHand(Protocol):
    """A gateway without a provider's API: people record what they see in the bank account or the till.

    Both methods make no remote call, so they may run in a transaction. Repeated with the same values, they return the
    same.  by: the person who records.
    """

    def record_payment(self, reference: str, *, received_as: str, by: Any) -> RemotePayment:
        """Record that a session was paid, an expired one included. received_as: of the transfer or receipt, used once.

        Raises GatewayRefused("not_found"), ("already_recorded"), ("reference_used").
        """

    def record_refund(self, refund_id: str, *, sent_as: str, by: Any) -> RemoteRefund:
        """Record that a refund was paid out. sent_as: of the transfer or receipt, used once.

        Raises GatewayRefused as `record_payment` does.
        """
