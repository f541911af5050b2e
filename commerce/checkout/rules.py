"""What may become of an order, a payment attempt and a refund, and the arithmetic of each. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

Table = Mapping[str, frozenset[str]]

# A card that was charged is the truth: an order that had let go may still become paid, if all of it can still be sold.
# A refund that fails at the bank after it was done takes an order back.
ORDER: Table = {
    "pending": frozenset({"paid", "cancelled", "expired"}),
    "cancelled": frozenset({"paid"}),
    "expired": frozenset({"paid"}),
    "paid": frozenset({"partially_refunded", "refunded"}),
    "partially_refunded": frozenset({"refunded", "paid"}),
    "refunded": frozenset({"partially_refunded", "paid"}),
}
ATTEMPT: Table = {
    "created": frozenset({"open", "confirmed", "failed", "cancelled"}),
    "open": frozenset({"confirmed", "failed", "cancelled"}),
    "failed": frozenset({"confirmed"}),
    "cancelled": frozenset({"confirmed"}),
    "confirmed": frozenset(),
}
REFUND: Table = {
    "created": frozenset({"done", "failed"}),
    "done": frozenset({"failed"}),
    "failed": frozenset({"done"}),
}

# Providers keep a payment page open for at least half an hour; an hour is long enough to find one's card.
SHORTEST, LONGEST = timedelta(minutes=35), timedelta(minutes=60)
# A seat outlasts its order by this, so that it is let go only after the provider has closed the page.
SEAT_MARGIN = timedelta(minutes=15)
# A slow payment, such as a bank debit, is looked at again after this.
SLOW = timedelta(days=1)


class ImpossibleTransition(Exception):
    """A mistake of ours: no caller should have asked for this."""


def check(table: Table, before: str, after: str) -> None:
    """Raise ImpossibleTransition unless the table leads from one status to the other."""
    if after not in table[before]:
        raise ImpossibleTransition(f"{before} can't become {after}")


def expires_at(*, now: datetime, hold_minutes: Sequence[int]) -> datetime:
    """Return until when an unpaid order keeps what it holds. hold_minutes: of each offering in it."""
    wanted = timedelta(minutes=min(hold_minutes, default=60))
    return now + min(max(wanted, SHORTEST), LONGEST)


def after_refunds(*, total_minor: int, confirmed_minor: int, refunded_minor: int) -> str:
    """Return the status of a paid order whose money partly went back.

    An order paid twice, with the second payment given back, is simply paid.
    """
    kept = confirmed_minor - refunded_minor
    if kept >= total_minor:
        return "paid"
    return "partially_refunded" if kept > 0 else "refunded"


def left_of_line(
    *,
    index: int,
    totals: Sequence[int],
    discount_minor: int,
    refunds: Iterable[tuple[int, Sequence[int]]],
    order_left_minor: int,
    step: int = 1,
) -> int:
    """Return how much of what one line cost has not gone back yet, never more than is left of the whole order.

    index: of the line among `totals`, the lines' prices.  refunds: amounts with the indexes of the lines they name; one
    that names several lines gives each its share, and one that names none only lessens what is left of the order.
    step: in which amounts are paid, as for `shares`.
    """
    discounts = shares(total_minor=discount_minor, weights=totals, step=step)
    costs = [total - discount for total, discount in zip(totals, discounts, strict=True)]
    left = costs[index]
    for amount, named in refunds:
        if index in named:
            left -= shares(total_minor=amount, weights=[costs[one] for one in named], step=step)[named.index(index)]
    return max(0, min(left, order_left_minor))


def shares(*, total_minor: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """Divide an amount in proportion to weights, in whole steps: the parts add up to the whole.

    What rounding down leaves over goes, one step each, to the largest remainders; the first of equals.
    step: in minor units; an amount that isn't made of such steps is divided to the last minor unit.
    """
    sum_of_weights = sum(weights)
    if not sum_of_weights:
        return [0] * len(weights)
    if total_minor % step:
        step = 1
    steps = total_minor // step
    parts = [steps * weight // sum_of_weights for weight in weights]
    remainders = [steps * weight % sum_of_weights for weight in weights]
    left = steps - sum(parts)
    for index in sorted(range(len(weights)), key=lambda at: (-remainders[at], at))[:left]:
        parts[index] += 1
    return [part * step for part in parts]
