"""Whether a thing can be sold to a person now: one function for the review page, a new order and a late payment."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.checkout import queries
from commerce.checkout.actions import locks, refusals
from commerce.checkout.facts import Priced
from commerce.checkout.models import Order, OrderLine
from commerce.enrolments import queries as seats
from commerce.plans import queries as plans
from commerce.plans import rules as plan_rules
from commerce.plans.models import Coupon, Plan


def refuse_unsellable(thing: Plan | Offering, *, person: User, now: datetime) -> None:
    """Raise the refusal that says why a thing can't be sold to a person now; return quietly when it can.

    Seats, and when registration is open, are decided by `enrolments.hold_seat` under the offering's lock.
    """
    if isinstance(thing, Offering):
        if not seats.offerings_for(person).filter(pk=thing.pk).exists():
            raise refusals.NotOnSale()
        return
    if not thing.on_sale:
        raise refusals.NotOnSale()
    if not plan_rules.sold_online(thing.interval):
        raise refusals.SubscriptionsNotOpen()
    if not plans.that_open(Plan.objects.filter(pk=thing.pk), seats.courses_for(person)).exists():
        raise refusals.OpensNothing()
    # Days can be added to days; what costs nothing may be taken again once it is over.
    has_it = queries.has_for_good if thing.price_minor else queries.has_all_of
    if has_it(person, thing, now=now):
        raise refusals.AlreadyBought()


def refuse_sold_twice(order: Order, lines: Iterable[OrderLine], *, now: datetime) -> None:
    """Raise AlreadyBought when other orders have meanwhile given a person all that this one sells."""
    bought = [line.plan for line in lines if line.plan]
    held = [line.registration for line in lines if line.registration]
    if any(seat.status == "confirmed" and seat.source not in ("", f"order:{order.pk}") for seat in held):
        raise refusals.AlreadyBought()
    if bought and not held and all(queries.has_bought_all_of(order, plan, now=now) for plan in bought):
        raise refusals.AlreadyBought()


def usable_coupon(code: str, *, now: datetime) -> Coupon | None:
    """Return a coupon that may be used once more, its row locked; None for no code. Raises BadCoupon, CouponUsedUp."""
    code = code.strip()
    if not code:
        return None
    coupon = locks.lock_coupon(code)
    if coupon is None:
        raise refusals.BadCoupon("There is no such coupon. Check how it is spelt.")
    if not plan_rules.is_valid(valid_from=coupon.valid_from, valid_until=coupon.valid_until, now=now):
        raise refusals.BadCoupon("This coupon is not valid today.")
    refuse_used_up(coupon)
    return coupon


def refuse_used_up(coupon: Coupon) -> None:
    """Raise CouponUsedUp when a locked coupon has no use left."""
    if coupon.max_uses is not None and queries.uses_of(coupon) >= coupon.max_uses:
        raise refusals.CouponUsedUp()


def priced(things: Sequence[Plan | Offering], coupon: Coupon | None) -> Priced:
    """Return what things cost together. Raises MixedCurrencies, BadCoupon for a coupon that is for other things."""
    currencies = {thing.currency for thing in things}
    if len(currencies) != 1:
        raise refusals.MixedCurrencies()
    subtotal = sum(thing.price_minor for thing in things)
    currency = currencies.pop()
    return Priced(currency, subtotal, _discount(things, coupon, currency) if coupon else 0)


def _discount(things: Sequence[Plan | Offering], coupon: Coupon, currency: str) -> int:
    only = set(coupon.plans.values_list("pk", flat=True))
    eligible = [thing for thing in things if not only or thing.pk in only]
    if not eligible:
        raise refusals.BadCoupon("This coupon is for something else.")
    return plan_rules.discount(
        eligible_minor=sum(thing.price_minor for thing in eligible),
        percent=coupon.percent,
        amount_minor=coupon.amount_minor,
        currency=currency,
    )
