"""The status machines of orders, payment attempts and refunds, and their arithmetic. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from academies.kernel.transitions import Transitions

# A payment is never ignored: an order that has ended may still become paid, if all of it can still be sold.
# A refund that fails at the bank after it was done makes the order paid again.
ORDER = Transitions(
    "checkout.order",
    {
        "pending": frozenset({"paid", "cancelled", "expired"}),
        "cancelled": frozenset({"paid"}),
        "expired": frozenset({"paid"}),
        "paid": frozenset({"partially_refunded", "refunded"}),
        "partially_refunded": frozenset({"refunded", "paid"}),
        "refunded": frozenset({"partially_refunded", "paid"}),
    },
)
ATTEMPT = Transitions(
    "checkout.payment",
    {
        "created": frozenset({"open", "confirmed", "failed", "cancelled"}),
        "open": frozenset({"confirmed", "failed", "cancelled"}),
        "failed": frozenset({"confirmed"}),
        "cancelled": frozenset({"confirmed"}),
        "confirmed": frozenset(),
    },
)
REFUND = Transitions(
    "checkout.refund",
    {
        "created": frozenset({"done", "failed"}),
        "done": frozenset({"failed"}),
        "failed": frozenset({"done"}),
    },
)

# Providers keep a session open for at least half an hour; an hour is long enough to find a card.
SHORTEST, LONGEST = timedelta(minutes=35), timedelta(minutes=60)
# Seats are held longer than their order by this, so that they are released only after the provider has closed the session.
SEAT_MARGIN = timedelta(minutes=15)
# How much longer a pending order waits for a slow payment, such as a bank debit.
SLOW_PAYMENT = timedelta(days=1)


def expires_at(*, now: datetime, hold_minutes: Sequence[int]) -> datetime:
    """Return until when an unpaid order holds its seats. hold_minutes: of each offering in it."""
    hold = timedelta(minutes=min(hold_minutes, default=60))
    return now + min(max(hold, SHORTEST), LONGEST)


def status_after_refunds(*, total_minor: int, confirmed_minor: int, refunded_minor: int) -> str:
    """Return the status of a paid order after refunds.

    An order that was paid twice, with the second payment refunded, is simply paid.
    """
    left = confirmed_minor - refunded_minor
    if left >= total_minor:
        return "paid"
    return "partially_refunded" if left > 0 else "refunded"


def line_refundable_minor(
    *,
    index: int,
    totals: Sequence[int],
    discount_minor: int,
    refunds: Iterable[tuple[int, Sequence[int]]],
    order_left_minor: int,
    step: int = 1,
) -> int:
    """Return how much of the price of one line can be refunded, never more than is left of the whole order.

    index: of the line among `totals`, the lines' prices.  refunds: amounts with the indexes of the lines they name; one
    that names several lines is shared among them, and one that names none only reduces what is left of the order.
    step: in which amounts are paid, as for `shares`.
    """
    discounts = shares(total_minor=discount_minor, weights=totals, step=step)
    costs = [total - discount for total, discount in zip(totals, discounts, strict=True)]
    remaining = costs[index]
    for amount, lines in refunds:
        if index in lines:
            parts = shares(total_minor=amount, weights=[costs[line] for line in lines], step=step)
            remaining -= parts[lines.index(index)]
    return max(0, min(remaining, order_left_minor))


def shares(*, total_minor: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """Divide an amount in proportion to weights, in whole steps: the parts add up to the whole.

    The rest after rounding down goes, one step each, to the largest remainders; the first of equals.
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
    rest = steps - sum(parts)
    for index in sorted(range(len(weights)), key=lambda index: (-remainders[index], index))[:rest]:
        parts[index] += 1
    return [part * step for part in parts]
