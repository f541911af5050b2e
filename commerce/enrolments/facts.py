"""What this room tells others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SeatGivenUp:
    """Somebody no longer has a seat that costs, by their own wish, the staff's, or because the date was cancelled.

    source: what paid for it or was to pay, `order:<id>`.  cause: one of Registration.Cause.
    percent: how much of what was paid goes back; None where the academy decides.  reason: what the refund says.
    """

    registration_id: str
    source: str
    cause: str = ""
    percent: int | None = None
    reason: str = ""
