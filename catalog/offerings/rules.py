"""Where a date stands in time, and what a seat given up is worth."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class RefundTerms:
    """What goes back to somebody who gives up a paid seat.

    full_days: everything until so many days before the start; None leaves it to the academy.
    late_percent: how much of it after that, until the start.
    """

    full_days: int | None = None
    late_percent: int = 0

    def full_until(self, starts_at: datetime) -> datetime | None:
        """Return the moment until which everything goes back."""
        return None if self.full_days is None else starts_at - timedelta(days=self.full_days)

    def percent(self, *, starts_at: datetime, now: datetime) -> int | None:
        """Return how much of the price goes back now, 0 to 100; None where the academy decides."""
        until = self.full_until(starts_at)
        if until is None:
            return None
        if now >= starts_at:
            return 0
        return 100 if now < until else self.late_percent


def state(
    *, opens_at: datetime | None, closes_at: datetime | None, starts_at: datetime, ends_at: datetime, now: datetime
) -> str:
    """Return `not_yet`, `open`, `closed` (for registration) or `ended`. Without a closing moment the start closes it."""
    if now >= ends_at:
        return "ended"
    if now >= (closes_at or starts_at):
        return "closed"
    if opens_at is not None and now < opens_at:
        return "not_yet"
    return "open"
