"""Checkout while the provider is away, slow or refuses."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from academies.kernel import clock, faultpoints
from commerce.checkout import actions, gateway, refusals
from commerce.checkout.encryption import encrypt
from commerce.checkout.models import Order, PaymentAccount, PaymentAttempt
from commerce.enrolments.models import Registration
from commerce.gateways.types import PaymentState
from tests.fixtures.payment_factory import Shop, after_expiry, make_workshop
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def plan(north):
    return a_plan(a_course())


# --- the provider ---------------------------------------------------------------------------------------------------
def test_nobody_is_called_inside_a_transaction(shop: Shop, learner, plan):
    with pytest.raises(gateway.CallInTransaction), transaction.atomic():
        shop.buy(learner, plan.slug)


@pytest.mark.usefixtures("impatient")
def test_while_the_provider_is_away_the_order_waits_and_is_paid_later(shop: Shop, learner, plan):
    shop.standin.faults(fail={"times": 3, "status": 500, "path": "/v1/checkout/sessions"})

    with pytest.raises(refusals.ProviderUnavailable) as refused:
        shop.buy(learner, plan.slug)
    order = Order.objects.get()
    attempt = actions.open_session(order=order, now=clock.now())
    shop.pay(attempt)

    assert refused.value.retry_after >= 1
    assert refused.value.extra == {"order": str(order.pk)}
    assert order.attempts.count() == 1
    assert shop.refresh_payment(order).status == Order.Status.PAID


@pytest.fixture
def short_provider_timeout(shop, settings):
    """No request waits long for the provider, and those that were cut short keep no other out."""
    settings.PROVIDER_SECONDS, settings.PROVIDER_CALLS_AT_ONCE = 0.5, 9


@pytest.mark.usefixtures("short_provider_timeout")
def test_buyers_are_kept_waiting_for_a_set_time_and_after_three_for_none(shop: Shop, learner, plan):
    shop.standin.faults(delay_seconds=4)

    causes = [_cause_of_refusal(partial(shop.buy, learner, plan.slug)) for _ in range(4)]

    assert [cause.partition(" within")[0] for cause in causes] == [
        *["The payment provider didn't answer"] * 3,
        "The payment provider can't be reached.",
    ]
    # Each order was kept, until the next one for the same thing.
    assert [order.status for order in Order.objects.order_by("number")] == [*["cancelled"] * 3, "pending"]


@pytest.mark.usefixtures("short_provider_timeout")
def test_a_page_that_hung_is_opened_once_and_paid_later(shop: Shop, learner, plan, settings):
    shop.standin.faults(delay_seconds=1)
    assert "didn't answer" in _cause_of_refusal(partial(shop.buy, learner, plan.slug))
    shop.standin.faults(delay_seconds=0)
    settings.PROVIDER_SECONDS = 20

    attempt = actions.open_session(order=Order.objects.get(), now=clock.now())
    shop.pay(attempt)

    recent = list(gateway.current().recent_payments(clock.now() - timedelta(minutes=1)))
    assert [remote.reference for remote in recent] == [attempt.reference]
    assert shop.refresh_payment(Order.objects.get()).status == Order.Status.PAID


@pytest.mark.usefixtures("short_provider_timeout")
def test_an_order_is_shown_while_the_provider_hangs(shop: Shop, learner, plan, settings):
    settings.PROVIDER_SECONDS = 20
    order, _ = shop.buy(learner, plan.slug)
    settings.PROVIDER_SECONDS = 0.5
    shop.standin.faults(delay_seconds=4)

    seen, state = actions.sync_payment(order=order, now=clock.now())

    assert (seen.status, state) == (Order.Status.PENDING, None)


def _cause_of_refusal(buy: Callable[[], object]) -> str:
    with pytest.raises(refusals.ProviderUnavailable) as refused:
        buy()
    return str(refused.value.__cause__)


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_got_lost_opens_no_second_page(shop: Shop, learner, plan):
    # More than the SDK tries, because requests that an earlier test gave up may take some.
    shop.standin.faults(drop={"times": 30, "path": "/v1/checkout/sessions"})

    with pytest.raises(refusals.ProviderUnavailable):
        shop.buy(learner, plan.slug)
    shop.standin.faults(drop={"times": 0})
    attempt = actions.open_session(order=Order.objects.get(), now=clock.now())

    recent = list(gateway.current().recent_payments(clock.now() - timedelta(minutes=1)))
    assert [remote.reference for remote in recent] == [attempt.reference]


def test_an_order_that_the_provider_will_not_take_is_cancelled_and_lets_go(shop: Shop, learner):
    # Stripe charges dinars in steps of ten.
    offering = make_workshop(price_minor=3501, currency="BHD")

    with pytest.raises(refusals.PaymentNotTaken):
        shop.buy(learner, offering=offering)

    assert Order.objects.get().status == Order.Status.CANCELLED
    assert PaymentAttempt.objects.get().status == PaymentAttempt.Status.FAILED
    assert Registration.objects.get().status == Registration.Status.CANCELLED


def test_a_wrong_key_is_said_to_be_the_academys_matter(shop: Shop, learner, plan):
    PaymentAccount.objects.update(encrypted_key=encrypt("sk_live_wrong"))

    with pytest.raises(refusals.PaymentsNotSetUp):
        shop.buy(learner, plan.slug)


def test_a_page_that_opens_after_the_order_was_cancelled_is_closed(shop: Shop, learner, plan, monkeypatch):
    def cancel_the_order():
        actions.cancel_order(order=Order.objects.get(), by=learner, now=clock.now())

    monkeypatch.setitem(faultpoints.armed, "checkout.store_session", cancel_the_order)

    order, attempt = shop.buy(learner, plan.slug)

    assert (order.status, attempt.url) == (Order.Status.CANCELLED, "")
    recent = gateway.current().recent_payments(clock.now() - timedelta(minutes=1))
    assert [remote.state for remote in recent] == [PaymentState.EXPIRED]


def test_nothing_can_be_paid_after_its_time(shop: Shop, learner, plan):
    order, _ = shop.buy(learner, plan.slug)

    with pytest.raises(refusals.OrderNotPending):
        actions.open_session(order=order, now=after_expiry(order))
