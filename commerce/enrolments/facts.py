"""Domain events that this app publishes through the outbox."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SeatReleased:
    """A paid seat was cancelled by its person or the staff, or because its date was cancelled.

    source: what paid for it or was to pay, `order:<id>`.  cause: one of Registration.Cause.
    percent: how much of the price to refund; None if the academy decides.  reason: of the refund.
    """

    registration_id: str
    source: str
    cause: str = ""
    percent: int | None = None
    reason: str = ""
