"""Values that checkout's actions take and return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to buy: a plan by its slug, or an offering by its id."""

    plan: str = ""
    offering: UUID | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What somebody orders.

    expected_total_minor, expected_currency: the price that they saw; None and "" where they were shown none.
    success_url, cancel_url: addresses of this academy; empty for the order's page.
    order_id: created with the form, so that a form sent twice places one order.
    """

    items: Sequence[Item]
    coupon: str = ""
    billing: Mapping[str, str] = field(default_factory=dict)
    success_url: str = ""
    cancel_url: str = ""
    expected_total_minor: int | None = None
    expected_currency: str = ""
    order_id: UUID | None = None

    @property
    def plans(self) -> tuple[str, ...]:
        return tuple(item.plan for item in self.items if item.plan)

    @property
    def offerings(self) -> tuple[UUID, ...]:
        return tuple(item.offering for item in self.items if item.offering)


@dataclass(frozen=True, slots=True)
class RefundInput:
    """What to refund: an amount, the price of some lines (by their ids), or everything that is left.

    reason: shown to the buyer.  note: kept in the academy's history.
    entitlements: what happens to the access that its lines gave; empty: it ends, unless only an amount is refunded.
    refund_id: created with the form, so that a form sent twice refunds once.
    expected_minor: the amount that was confirmed; None where nobody was asked.
    """

    reason: str = ""
    amount_minor: int | None = None
    lines: Sequence[UUID | str] = ()
    entitlements: str = ""
    refund_id: UUID | None = None
    note: str = ""
    expected_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a basket costs, in minor units of one currency."""

    currency: str
    subtotal_minor: int
    discount_minor: int

    @property
    def total_minor(self) -> int:
        return self.subtotal_minor - self.discount_minor
