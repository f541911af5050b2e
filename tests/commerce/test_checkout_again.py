"""Repeated checkout: nothing is bought twice."""

import uuid

import pytest

from commerce.checkout import gateway, refusals
from commerce.checkout.models import Order, PaymentAttempt
from commerce.enrolments.models import Registration
from commerce.gateways.types import PaymentState
from tests.fixtures.payment_factory import Shop, make_workshop
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def plan(north):
    return a_plan(a_course())


# --- again and again ------------------------------------------------------------------------------------------------
def test_a_form_that_is_sent_twice_makes_one_order(shop: Shop, learner, plan):
    order_id = uuid.uuid4()

    first, attempt = shop.buy(learner, plan.slug, order_id=order_id)
    second, two = shop.buy(learner, plan.slug, order_id=order_id)

    assert (first.pk, attempt.url) == (second.pk, two.url)
    assert Order.objects.count() == PaymentAttempt.objects.count() == 1


def test_a_newer_order_for_the_same_thing_ends_the_older_and_its_page(shop: Shop, learner):
    offering = make_workshop(seats=1)
    older, older_attempt = shop.buy(learner, offering=offering)
    newer, two = shop.buy(learner, offering=offering)

    assert Order.objects.get(pk=older.pk).status == Order.Status.CANCELLED
    assert gateway.current().read(older_attempt.reference).state == PaymentState.EXPIRED
    registration = Registration.objects.get()
    assert (registration.status, registration.source) == (Registration.Status.PENDING, f"order:{newer.pk}")
    shop.pay(two)
    assert shop.refresh_payment(newer).status == Order.Status.PAID


def test_a_newer_order_does_not_end_one_that_was_just_paid(shop: Shop, learner, plan):
    older, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)

    with pytest.raises(refusals.AlreadyBought):
        shop.buy(learner, plan.slug)

    assert Order.objects.get(pk=older.pk).status == Order.Status.PAID
    assert Order.objects.count() == 1
