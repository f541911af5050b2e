"""What a buyer asks for, as plain values."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Item:
    """One thing wanted: a plan by its slug, or an offering by its id."""

    plan: str = ""
    offering: UUID | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Priced:
    """What a basket costs, in minor units of one currency."""

    currency: str
    subtotal_minor: int
    discount_minor: int

    @property
    def total_minor(self) -> int:
        return self.subtotal_minor - self.discount_minor
