"""Numbers of people at a date."""

from dataclasses import dataclass


@dataclass(frozen=True)
class People:
    """How many people a date has: with a seat, with a held seat, and on the waiting list."""

    confirmed: int = 0
    pending: int = 0
    waiting: int = 0

    @property
    def taken(self) -> int:
        """Seats that can't be taken away; a hold counts until it is released."""
        return self.confirmed + self.pending

    @property
    def all(self) -> int:
        return self.confirmed + self.pending + self.waiting
