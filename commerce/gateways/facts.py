"""What goes to a payment provider and what comes back. Plain values, no vendor's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class PaymentState(StrEnum):
    """open: the buyer may still pay.  processing: paid by a slow method, money not here yet."""

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
class PageRequest:
    """Ask for a payment page for one payment attempt.

    attempt_id is the idempotency key: asking twice with the same values gives the same page, so every value, the two
    times included, must come from the stored attempt and never from a clock.  total_minor is what is charged; lines
    are shown one by one where they add up to it, else as one line.
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
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """Where to send the buyer. `expires_at` may be later than asked: providers have a shortest time."""

    reference: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RemoteRefund:
    """A refund as the provider sees it; refund_id is ours, or None when somebody made it outside."""

    reference: str
    state: RefundState
    amount_minor: int
    currency: str
    refund_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RemotePayment:
    """A payment as the provider sees it now.

    refunded_minor: sum of refunds that are done or under way; failed ones are in `refunds` only.
    attempt_id and order_id are what we sent, None when this payment is not one of ours.
    """

    reference: str
    state: PaymentState
    amount_minor: int
    currency: str
    payment_reference: str | None = None
    attempt_id: str | None = None
    order_id: str | None = None
    refunded_minor: int = 0
    refunds: tuple[RemoteRefund, ...] = ()
    customer_email: str = ""
    livemode: bool = False


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """refund_id is the idempotency key: our own stored id."""

    refund_id: str
    payment_reference: str
    amount_minor: int
    currency: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A verified message from the provider: a reason to look, not the truth.

    kind: the provider's own word ("checkout.session.completed").  account: set when it speaks for a connected account.
    """

    id: str
    kind: str
    account: str
    created_at: datetime
    livemode: bool
    object_reference: str
    session_reference: str | None
    payment_reference: str | None
    attempt_id: str | None
    payload: dict[str, Any]
