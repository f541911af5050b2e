"""Invariants of orders: each violation is reported, and nothing where all is well."""

from datetime import timedelta

import pytest

from academies.kernel import clock
from commerce.checkout import actions, invariants
from commerce.checkout.actions import refund as refund_actions
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.checkout.types import RefundInput
from commerce.enrolments.models import Entitlement, Registration
from tests.fixtures.payment_factory import Shop, make_workshop
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def paid(shop: Shop, learner) -> Order:
    order, attempt = shop.buy(learner, a_plan(a_course()).slug, offering=make_workshop())
    shop.pay(attempt)
    return shop.refresh_payment(order)


def lose_the_payment(order):
    PaymentAttempt.objects.update(status="cancelled")


def lose_the_access(order):
    Entitlement.objects.all().delete()


def lose_the_seat(order):
    Registration.objects.update(confirmed_at=None)


def give_back_too_much(order):
    for _ in range(2):
        refund_actions.refund_unfulfillable(order, order.attempts.get(), reason="test", now=clock.now())


def lose_a_number(order):
    Order.objects.update(number=7)


def forget_to_expire(order):
    PaymentAttempt.objects.update(status="cancelled")
    Order.objects.update(status="pending", expires_at=clock.now() - timedelta(hours=2))


def forget_a_refund(order):
    refund_actions.refund_unfulfillable(order, order.attempts.get(), reason="test", now=clock.now())
    Refund.objects.update(created_at=clock.now() - timedelta(hours=2))


def keep_a_seat(order):
    refund_actions.refund_unfulfillable(order, order.attempts.get(), reason="test", now=clock.now())
    Order.objects.update(status="expired")


def keep_the_money(order):
    Registration.objects.update(status="cancelled")
    Order.objects.update(status="expired")


def take_the_access_away(order):
    Entitlement.objects.update(revoked_at=clock.now())


@pytest.mark.parametrize(
    ("spoil", "violation"),
    [
        (lose_the_payment, "only 0 of 8400 was confirmed"),
        (lose_the_access, "opens nothing"),
        (take_the_access_away, "opens nothing"),
        (lose_the_seat, "has no seat"),
        (give_back_too_much, "is refunded of payment"),
        (lose_a_number, "the last order is number 7"),
        (forget_to_expire, "should have expired"),
        (forget_a_refund, "is waiting since"),
        (keep_a_seat, "its seat at Croissant workshop"),
        (keep_the_money, "8400 more was paid than it costs"),
    ],
)
def test_a_violation_is_reported(paid, spoil, violation):
    assert invariants.violations(now=clock.now()) == []

    spoil(paid)

    (reported,) = invariants.violations(now=clock.now())
    assert violation in reported


def test_refunded_and_cancelled_orders_are_in_order(shop: Shop, paid, finance, stranger):
    actions.refund_order(order=paid, by=finance, refund_input=RefundInput(reason="test"), now=clock.now())
    order, _ = shop.buy(stranger, offering=make_workshop())
    actions.cancel_order(order=order, by=stranger, now=clock.now())

    assert invariants.violations(now=clock.now()) == []
