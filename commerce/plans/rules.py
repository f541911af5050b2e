"""What a coupon takes off. Pure."""

from datetime import datetime
from decimal import Decimal

from academies.kernel.money import share, smallest_payment


def sold_online(interval: str) -> bool:
    """Answer whether a plan of this interval can be bought here: what is paid again and again can't yet."""
    return interval == "once"


def discount(*, eligible_minor: int, percent: Decimal | None, amount_minor: int | None, currency: str) -> int:
    """Return what a coupon takes off the lines it is for: a percentage or an amount; never more than all.

    A percentage is rounded half up to what can be paid in the currency, so that what is left can be paid, too.
    """
    if percent is None:
        return min(amount_minor or 0, eligible_minor)
    return min(share(total_minor=eligible_minor, percent=percent, step=smallest_payment(currency)), eligible_minor)


def is_valid(*, valid_from: datetime | None, valid_until: datetime | None, now: datetime) -> bool:
    """Answer whether a coupon may be used now; its last moment is just before `valid_until`."""
    return (valid_from is None or valid_from <= now) and (valid_until is None or now < valid_until)
