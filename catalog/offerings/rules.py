"""Where a date stands in time."""

from datetime import datetime


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
