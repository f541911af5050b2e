"""Coupons: discount, limits and scope."""

from datetime import timedelta
from decimal import Decimal

import pytest

from academies.kernel import clock
from academies.kernel.errors import Invalid
from commerce.checkout import actions, gateway, refusals
from commerce.checkout.models import Order, Refund
from commerce.checkout.types import RefundInput
from commerce.enrolments import queries as access
from commerce.plans.models import Coupon, Plan
from tests.fixtures.payment_factory import Shop, after_expiry, paid_remote, reload
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def plan(north):
    return a_plan(a_course())


def a_coupon(code="SPRING", *plans, **fields):
    discount = fields or {"percent": Decimal(20)}
    coupon = Coupon.objects.create(
        code=code, **({"percent": Decimal(20)} | discount if "amount_minor" not in discount else discount)
    )
    coupon.plans.set(plans)
    return coupon


def test_a_percentage_comes_off_to_the_penny_and_is_charged(shop: Shop, learner, plan):
    a_coupon(percent=Decimal("33.33"))

    order, attempt = shop.buy(learner, plan.slug, coupon="SPRING")

    assert (order.subtotal_minor, order.discount_minor, order.total_minor) == (4900, 1633, 3267)
    assert gateway.current().read(attempt.reference).amount_minor == 3267


def test_a_percentage_of_dinars_leaves_what_cards_can_pay(shop: Shop, learner, finance, plan):
    # Stripe charges dinars in steps of ten: a third of 49.000 is 16.331700.
    plans = [plan, a_plan(a_course(title="Rye", slug="rye"), slug="rye", price_minor=4900)]
    Plan.objects.update(currency="KWD", price_minor=49000)
    a_coupon(percent=Decimal("33.33"))

    order, attempt = shop.buy(learner, *(each.slug for each in plans), coupon="SPRING")

    assert (order.subtotal_minor, order.discount_minor, order.total_minor) == (98000, 32660, 65340)
    assert gateway.current().read(attempt.reference).amount_minor == 65340
    shop.pay(attempt)
    paid = shop.refresh_payment(order)
    # A line goes back as what it cost, and a sum that no card can be given back is refused before Stripe is asked.
    cost = RefundInput("asked for it", lines=[paid.lines.order_by("pk").first().pk])
    assert actions.refund_order(order=paid, by=finance, refund_input=cost, now=clock.now()).amount_minor == 32670
    with pytest.raises(Invalid) as refusal:
        actions.refund_order(order=paid, by=finance, refund_input=RefundInput("a part", 1234), now=clock.now())
    assert refusal.value.fields == {"amount": ["In this currency only amounts with a 0 at the end can be paid."]}


def test_an_amount_comes_off(shop: Shop, learner, plan):
    a_coupon(amount_minor=1000)

    assert shop.buy(learner, plan.slug, coupon="SPRING")[0].total_minor == 3900


@pytest.mark.parametrize("code", ["spring", " Spring ", "SPRING"])
def test_a_code_is_not_case_sensitive(shop: Shop, learner, plan, code):
    a_coupon()

    assert shop.buy(learner, plan.slug, coupon=code)[0].discount_minor == 980


def test_what_costs_nothing_with_a_coupon_is_paid_at_once(shop: Shop, learner, plan, monkeypatch):
    a_coupon(percent=Decimal(100), max_uses=1)
    monkeypatch.setattr(gateway, "named", lambda provider: pytest.fail("the provider was asked"))

    order, attempt = shop.buy(learner, plan.slug, coupon="SPRING")

    assert (order.status, attempt) == (Order.Status.PAID, None)
    assert access.is_entitled(learner, plan.courses.get().translation_key)


def test_it_comes_off_only_what_it_is_for(shop: Shop, learner, stranger, plan):
    rye = a_plan(a_course(title="Rye", slug="rye"), slug="rye", price_minor=2000)
    a_coupon("RYE", rye, percent=Decimal(50))

    order, _ = shop.buy(learner, plan.slug, rye.slug, coupon="RYE")

    assert (order.subtotal_minor, order.discount_minor) == (6900, 1000)
    with pytest.raises(refusals.BadCoupon):
        shop.buy(stranger, plan.slug, coupon="RYE")


@pytest.mark.parametrize("days", [(1, 2), (-2, -1)])
def test_it_is_refused_outside_its_days(shop: Shop, learner, plan, days):
    start, end = (clock.now() + timedelta(days=number) for number in days)
    a_coupon(valid_from=start, valid_until=end)

    with pytest.raises(refusals.BadCoupon) as refused:
        shop.buy(learner, plan.slug, coupon="SPRING")

    assert refused.value.fields["coupon"]


def test_an_unknown_code_is_refused_and_nothing_is_held(shop: Shop, learner, plan):
    with pytest.raises(refusals.BadCoupon):
        shop.buy(learner, plan.slug, coupon="WINTER")

    assert not Order.objects.exists()


def test_the_last_use_goes_to_one_and_comes_back_when_it_is_not_paid(shop: Shop, learner, stranger, plan):
    a_coupon(max_uses=1)
    order, _ = shop.buy(learner, plan.slug, coupon="SPRING")

    with pytest.raises(refusals.CouponUsedUp):
        shop.buy(stranger, plan.slug, coupon="SPRING")
    actions.cancel_order(order=order, by=learner, now=clock.now())

    assert shop.buy(stranger, plan.slug, coupon="SPRING")[0].discount_minor == 980


def test_ones_own_older_order_does_not_use_it_up(shop: Shop, learner, plan):
    a_coupon(max_uses=1)
    shop.buy(learner, plan.slug, coupon="SPRING")

    assert shop.buy(learner, plan.slug, coupon="SPRING")[0].discount_minor == 980


def test_a_late_payment_does_not_use_it_once_too_often(shop: Shop, learner, stranger, plan):
    a_coupon(max_uses=1)
    late, attempt = shop.buy(learner, plan.slug, coupon="SPRING")
    actions.expire_orders(now=after_expiry(late))
    shop.buy(stranger, plan.slug, coupon="SPRING")

    actions.settle(order_id=late.pk, remote=paid_remote(attempt), now=after_expiry(late))

    assert reload(late).status == Order.Status.EXPIRED
    assert Refund.objects.get().reason == "coupon_used_up"


def test_a_quote_holds_nothing_and_uses_nothing(shop: Shop, learner, plan):
    from commerce.checkout.types import Item

    a_coupon(max_uses=1)

    for _ in range(2):
        price = actions.quote(person=learner, items=[Item(plan=plan.slug)], coupon="spring", now=clock.now())

    assert (price.subtotal_minor, price.discount_minor, price.total_minor) == (4900, 980, 3920)
    assert not Order.objects.exists()
