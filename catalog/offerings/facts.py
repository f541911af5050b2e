"""What this room tells others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class People:
    """How many people a date has: with a seat, with a seat held for them, and in line."""

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


@dataclass(frozen=True)
class DateCancelled:
    """A date does not take place.  words: what the staff want everybody to read, or nothing."""

    offering_id: str
    words: str = ""
