"""What a buyer asks for, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Item:
    """One thing wanted: a plan by its slug, or an offering by its id."""

    plan: str = ""
    offering: UUID | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to order, as a door heard it.

    expected_total_minor, expected_currency: the price they saw; None and "" where no door showed them one.
    success_url, cancel_url: this academy's own addresses; empty for the order's page.
    order_id: made with the form, so that a form sent twice buys once.
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
class RefundWish:
    """What is to go back: an amount, what some lines cost (by their ids), or all that is left.

    reason: what the buyer reads.  note: what stays in the history of the academy.
    entitlements: what becomes of the access its lines gave; empty: ended, unless only an amount is given back.
    refund_id: made with the form, so that a form sent twice gives back once.
    expected_minor: what was confirmed; None where no door asked.
    """

    reason: str = ""
    amount_minor: int | None = None
    lines: Sequence[UUID | str] = ()
    entitlements: str = ""
    refund_id: UUID | None = None
    note: str = ""
    expected_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """What a basket costs, in minor units of one currency."""

    currency: str
    subtotal_minor: int
    discount_minor: int

    @property
    def total_minor(self) -> int:
        return self.subtotal_minor - self.discount_minor
