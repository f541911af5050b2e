"""Prices, and whether a product can be sold to a person now: for the review page, a new order and a late payment."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.checkout import queries, refusals
from commerce.checkout.actions import locks
from commerce.checkout.models import Order, OrderLine
from commerce.checkout.types import Quote
from commerce.enrolments import queries as seats
from commerce.plans import queries as plans
from commerce.plans import rules as plan_rules
from commerce.plans.models import Coupon, Plan


def check_sellable(product: Plan | Offering, *, person: User, now: datetime) -> None:
    """Raise the refusal that says why a product can't be sold to a person now.

    Seats, and when registration is open, are decided by `enrolments.hold_seat` under the offering's lock.
    """
    if isinstance(product, Offering):
        if not seats.offerings_for(person).filter(pk=product.pk).exists():
            raise refusals.NotOnSale()
        return
    if not product.on_sale:
        raise refusals.NotOnSale()
    if not plan_rules.sold_online(product.interval):
        raise refusals.SubscriptionsNotOpen()
    if not plans.that_open(Plan.objects.filter(pk=product.pk), seats.courses_for(person)).exists():
        raise refusals.OpensNothing()
    # A paid plan extends access that has an end; a free one can be taken again once it has ended.
    has_access = queries.has_lifetime_access if product.price_minor else queries.has_full_access
    if has_access(person, product, now=now):
        raise refusals.AlreadyBought()


def check_not_sold_twice(order: Order, lines: Iterable[OrderLine], *, now: datetime) -> None:
    """Raise AlreadyBought if other orders have meanwhile given the buyer everything that this one sells."""
    plans_bought = [line.plan for line in lines if line.plan]
    registrations = [line.registration for line in lines if line.registration]
    own = ("", f"order:{order.pk}")
    if any(seat.status == "confirmed" and seat.source not in own for seat in registrations):
        raise refusals.AlreadyBought()
    if not plans_bought or registrations:
        return
    if all(queries.has_bought_elsewhere(order, plan, now=now) for plan in plans_bought):
        raise refusals.AlreadyBought()


def usable_coupon(code: str, *, now: datetime) -> Coupon | None:
    """Return a coupon that can be used once more, its row locked; None for no code. Raises BadCoupon, CouponUsedUp."""
    code = code.strip()
    if not code:
        return None
    coupon = locks.lock_coupon(code)
    if coupon is None:
        raise refusals.BadCoupon(_("There is no such coupon. Check the spelling."))
    if not plan_rules.is_valid(valid_from=coupon.valid_from, valid_until=coupon.valid_until, now=now):
        raise refusals.BadCoupon(_("This coupon is not valid today."))
    check_coupon_uses(coupon)
    return coupon


def check_coupon_uses(coupon: Coupon) -> None:
    """Raise CouponUsedUp if a locked coupon has no use left."""
    if coupon.max_uses is not None and queries.coupon_uses(coupon) >= coupon.max_uses:
        raise refusals.CouponUsedUp()


def price(products: Sequence[Plan | Offering], coupon: Coupon | None) -> Quote:
    """Return what products cost together. Raises MixedCurrencies, BadCoupon for a coupon that is for other products."""
    currencies = {product.currency for product in products}
    if len(currencies) != 1:
        raise refusals.MixedCurrencies()
    subtotal = sum(product.price_minor for product in products)
    currency = currencies.pop()
    return Quote(currency, subtotal, _discount(products, coupon, currency) if coupon else 0)


def _discount(products: Sequence[Plan | Offering], coupon: Coupon, currency: str) -> int:
    only = set(coupon.plans.values_list("pk", flat=True))
    eligible = [product for product in products if not only or product.pk in only]
    if not eligible:
        raise refusals.BadCoupon(_("This coupon is for something else."))
    return plan_rules.discount(
        eligible_minor=sum(product.price_minor for product in eligible),
        percent=coupon.percent,
        amount_minor=coupon.amount_minor,
        currency=currency,
    )
