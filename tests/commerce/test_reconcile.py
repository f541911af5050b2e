"""Reconciliation: payments whose webhooks were missed are found, once."""

from datetime import timedelta

import pytest

from academies.kernel import clock
from academies.notifications.models import Delivery
from commerce.checkout import actions, gateway, tasks
from commerce.checkout.actions import reconcile
from commerce.checkout.actions import refund as refund_actions
from commerce.checkout.models import Order, PaymentAccount, PaymentAttempt, Refund
from commerce.enrolments import queries as access
from tests.fixtures.payment_factory import Shop, paid_remote, reload
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def plan(north):
    return a_plan(a_course())


def soon(minutes=2):
    return clock.now() + timedelta(minutes=minutes)


def test_a_payment_that_no_webhook_told_of_is_found(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)

    actions.reconcile_payments(now=soon())
    actions.reconcile_payments(now=soon())

    assert reload(order).status == Order.Status.PAID
    assert access.holds_entitlement(learner, plan.courses.get().translation_key, soon(3))
    assert Delivery.objects.count() == 1


def test_a_payment_whose_page_was_never_stored_is_found_by_its_attempt(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    PaymentAttempt.objects.update(reference=None, url="", status="created")

    actions.reconcile_payments(now=soon())

    assert reload(order).status == Order.Status.PAID


def test_an_old_open_payment_is_asked_for_one_by_one(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    PaymentAttempt.objects.update(created_at=clock.now() - timedelta(days=3))
    shop.pay(attempt)
    till_of = gateway.TransactionGuard.recent_payments

    try:
        gateway.TransactionGuard.recent_payments = lambda self, since: iter(())
        actions.reconcile_payments(now=soon())
    finally:
        gateway.TransactionGuard.recent_payments = till_of

    assert reload(order).status == Order.Status.PAID


def test_a_payment_on_a_cancelled_order_is_found(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    Order.objects.update(status="cancelled")
    PaymentAttempt.objects.update(status="cancelled")

    actions.reconcile_payments(now=clock.now(), thorough=True)

    assert reload(order).status == Order.Status.PAID


def test_a_quiet_academy_asks_nobody(shop: Shop, monkeypatch):
    monkeypatch.setattr(gateway, "named", lambda provider: pytest.fail("the provider was asked"))

    assert actions.reconcile_payments(now=clock.now()) == 0


def test_a_young_payment_is_left_to_its_webhook(shop: Shop, learner, plan, monkeypatch):
    shop.buy(learner, plan.slug)
    monkeypatch.setattr(gateway, "named", lambda provider: pytest.fail("the provider was asked"))

    assert actions.reconcile_payments(now=clock.now()) == 0


@pytest.mark.usefixtures("impatient")
def test_a_provider_that_is_away_is_asked_next_time(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    shop.standin.faults(fail={"times": 3, "status": 500})

    actions.reconcile_payments(now=soon())
    assert reload(order).status == Order.Status.PENDING

    actions.reconcile_payments(now=soon())
    assert reload(order).status == Order.Status.PAID


def test_a_payment_that_cannot_be_read_does_not_keep_the_others(shop: Shop, learner, stranger, plan):
    shop.buy(learner, plan.slug)
    order, attempt = shop.buy(stranger, plan.slug)
    shop.pay(attempt)
    PaymentAttempt.objects.exclude(pk=attempt.pk).update(reference="cs_test_forgotten")
    PaymentAttempt.objects.update(created_at=clock.now() - timedelta(days=3))

    actions.reconcile_payments(now=soon())

    assert reload(order).status == Order.Status.PAID


def test_what_another_shop_calls_its_payments_keeps_none_of_ours(shop: Shop, learner, plan, monkeypatch):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    recent = gateway.TransactionGuard.recent_payments
    foreign = paid_remote(attempt, reference="cs_foreign", attempt_id="another shop's number".ljust(36, "0"))
    monkeypatch.setattr(
        gateway.TransactionGuard, "recent_payments", lambda self, since: [foreign, *recent(self, since)]
    )

    actions.reconcile_payments(now=soon())

    assert reload(order).status == Order.Status.PAID


def test_an_order_that_cannot_be_settled_keeps_no_other(shop: Shop, learner, stranger, plan, monkeypatch, caplog):
    broken, attempt = shop.buy(learner, plan.slug)
    order, two = shop.buy(stranger, plan.slug)
    shop.pay(attempt)
    shop.pay(two)
    settle = reconcile.settle

    def moody(*, order_id, **more):
        if order_id == broken.pk:
            raise ValueError("broken")
        return settle(order_id=order_id, **more)

    monkeypatch.setattr(reconcile, "settle", moody)

    actions.reconcile_payments(now=soon())

    assert reload(order).status == Order.Status.PAID
    assert f"order {broken.pk} can't be settled" in caplog.text


def test_refunds_wait_for_an_account(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    shop.refresh_payment(order)
    waiting = refund_actions.refund_unfulfillable(order, order.attempts.get(), reason="test", now=clock.now())
    PaymentAccount.objects.all().delete()

    actions.reconcile_payments(now=soon(3))

    assert Refund.objects.get(pk=waiting.pk).status == Refund.Status.CREATED


def test_an_academy_that_lost_its_account_is_no_fault(shop: Shop, learner, plan):
    shop.buy(learner, plan.slug)
    PaymentAccount.objects.all().delete()

    assert actions.reconcile_payments(now=soon()) == 0


def test_the_scheduled_tasks_run_and_may_run_twice(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    PaymentAttempt.objects.update(created_at=clock.now() - timedelta(minutes=2))

    for _ in range(2):
        tasks.reconcile.run()
        tasks.expire_orders.run()

    assert reload(order).status == Order.Status.PAID
