"""What goes to a payment provider and what comes back: plain values, in no provider's own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class PaymentState(StrEnum):
    """open: the buyer may still pay.  processing: paid by a slow method, the money is not here yet."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class RefundState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the buyer reads it; quantity x unit_minor is its share before discount."""

    title: str
    quantity: int
    unit_minor: int


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """Ask for a checkout session for one payment attempt.

    attempt_id is the idempotency key: asking twice with the same values gives the same session, so every value, the
    two times included, must come from stored records and never from a clock.
    total_minor is what is charged; lines are shown one by one where they add up to it, else as one line.
    order_url: the page of the order in the academy, for a provider that has no page of its own.
    starts_at: when the first seat of the order begins, for a provider that waits for days.
    """

    attempt_id: str
    order_id: str
    order_number: str
    academy: str
    lines: tuple[Line, ...]
    total_minor: int
    currency: str
    success_url: str
    cancel_url: str
    opened_at: datetime
    expires_at: datetime
    customer_email: str = ""
    order_url: str = ""
    starts_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """Where the buyer pays.

    expires_at: may be later than requested, because providers have a shortest time.
    instructions: what the buyer has to do, where there is no page to pay on.
    """

    reference: str
    url: str
    expires_at: datetime
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class RemoteRefund:
    """A refund as the provider has it.

    reference: "" as long as the provider has given none.  refund_id: ours, or None when it was made outside.
    """

    reference: str
    state: RefundState
    amount_minor: int
    currency: str
    refund_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RemotePayment:
    """A payment as the provider has it now.

    attempt_id and order_id are what we sent, None when this payment is not one of ours.
    """

    reference: str
    state: PaymentState
    amount_minor: int
    currency: str
    payment_reference: str | None = None
    attempt_id: str | None = None
    order_id: str | None = None
    refunds: tuple[RemoteRefund, ...] = ()

    @property
    def refunded_minor(self) -> int:
        """The sum of refunds that are done or on their way."""
        return sum(refund.amount_minor for refund in self.refunds if refund.state != RefundState.FAILED)


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """refund_id is the idempotency key: our own stored id."""

    refund_id: str
    payment_reference: str
    amount_minor: int
    currency: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """A verified message from the provider: a reason to read the payment again, not the truth.

    kind: the provider's own name of the event.  The references and attempt_id name the payment it is about.
    """

    id: str
    kind: str
    created_at: datetime
    reference: str | None
    payment_reference: str | None
    attempt_id: str | None
    payload: dict[str, Any]
