"""What this room tells others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SeatGivenUp:
    """Somebody gave up a seat that was held for payment.  source: what was to pay for it, `order:<id>`."""

    registration_id: str
    source: str
