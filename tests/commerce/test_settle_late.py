"""Late payments: accepted while possible, else refunded once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.tenants.context import inside
from commerce.checkout import actions, gateway, invariants
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.checkout.types import RefundInput
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as access
from commerce.enrolments.models import Registration
from commerce.gateways.port import GatewayRefused
from tests.fixtures.http_client import Visitor
from tests.fixtures.payment_factory import Shop, after_expiry, make_workshop, paid_remote, reload, sent_kinds
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def course(north):
    return a_course()


@pytest.fixture
def plan(course):
    return a_plan(course)


# --- too late -------------------------------------------------------------------------------------------------------
def test_a_late_payment_is_accepted_while_the_plan_is_still_for_sale(shop: Shop, learner, plan, course):
    order, attempt = shop.buy(learner, plan.slug)
    late = paid_remote(attempt)
    actions.expire_orders(now=after_expiry(order))
    assert reload(order).status == Order.Status.EXPIRED

    actions.settle(order_id=order.pk, remote=late, now=after_expiry(order))

    assert reload(order).status == Order.Status.PAID
    assert access.holds_entitlement(learner, course.translation_key, after_expiry(order))
    assert sent_kinds(learner) == ["order_paid"]
    assert invariants.violations(now=after_expiry(order)) == []


def test_a_payment_for_a_seat_that_is_gone_is_sent_back_once(shop: Shop, learner, stranger):
    offering = make_workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)
    late = paid_remote(attempt)
    actions.expire_orders(now=after_expiry(order))
    second, paying = shop.buy(stranger, offering=offering)
    shop.pay(paying)
    assert shop.refresh_payment(second).status == Order.Status.PAID

    for _ in range(3):
        actions.settle(order_id=order.pk, remote=late, now=after_expiry(order))

    assert reload(order).status == Order.Status.EXPIRED
    assert PaymentAttempt.objects.get(pk=attempt.pk).status == PaymentAttempt.Status.CONFIRMED
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason) == (3500, "sold_out")
    assert sent_kinds(learner) == ["payment_too_late"]
    assert Registration.objects.get(offering=offering, status="confirmed").person == stranger


def test_a_payment_whose_way_back_failed_is_told_audited_and_sent_back_by_hand(
    shop: Shop, learner, stranger, finance, monkeypatch
):
    offering = make_workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)
    shop.pay(attempt)
    paid = gateway.current().read(attempt.reference)
    Order.objects.filter(pk=order.pk).update(status="expired")
    Registration.objects.update(status="cancelled", person=stranger)
    Registration.objects.create(person=stranger, offering=offering, status="confirmed", created_at=clock.now())
    with monkeypatch.context() as unwilling:
        unwilling.setattr(gateway.TransactionGuard, "refund", _refuses)
        actions.settle(order_id=order.pk, remote=paid, now=clock.now())
        outbox.drain()
    book = Visitor(finance).client.get(reverse("checkout_order_modeladmin_index")).content.decode()

    assert Refund.objects.get().status == Refund.Status.FAILED
    assert "refund_failed" in sent_kinds(finance)
    assert [violation for violation in invariants.violations(now=clock.now()) if "3500 more was paid" in violation]
    assert reverse("checkout_order_modeladmin_refund", args=[order.pk]) in book
    with inside("north"):
        refund = actions.refund_order(
            order=order, by=finance, refund_input=RefundInput(reason="by hand"), now=clock.now()
        )
        assert refund.status == Refund.Status.DONE
        assert invariants.violations(now=clock.now()) == []
    book = Visitor(finance).client.get(reverse("checkout_order_modeladmin_index")).content.decode()
    assert reverse("checkout_order_modeladmin_refund", args=[order.pk]) not in book


def _refuses(*args):
    raise GatewayRefused("charge_disputed", "no")


def test_a_hold_that_ran_out_before_the_order_did_is_sent_back(shop: Shop, learner, stranger):
    offering = make_workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)
    shop.pay(attempt)
    after = order.expires_at + timedelta(hours=1)
    enrolments.release_holds(now=after)
    enrolments.hold_seat(
        person=stranger, offering=offering, hold_until=after + timedelta(hours=1), source="x", now=after
    )

    remote = gateway.current().read(attempt.reference)
    actions.settle(order_id=order.pk, remote=remote, now=after)
    actions.reconcile_payments(now=after + timedelta(minutes=3))

    assert reload(order).status == Order.Status.EXPIRED
    refund = Refund.objects.get()
    assert refund.status == Refund.Status.DONE
    assert gateway.current().read(attempt.reference).refunded_minor == 3500
    assert sent_kinds(learner) == ["payment_too_late"]


def test_of_two_late_payments_for_the_last_seat_one_is_taken(shop: Shop, learner, stranger):
    offering = make_workshop(seats=1)
    first, first_attempt = shop.buy(learner, offering=offering)
    actions.expire_orders(now=after_expiry(first))
    second, two = shop.buy(stranger, offering=offering)
    late = after_expiry(second)
    actions.expire_orders(now=late)

    actions.settle(order_id=second.pk, remote=paid_remote(two), now=late)
    actions.settle(order_id=first.pk, remote=paid_remote(first_attempt), now=late)

    assert (reload(first).status, reload(second).status) == ("expired", "paid")
    assert Refund.objects.get().attempt_id == first_attempt.pk
    assert Registration.objects.filter(offering=offering, status="confirmed").count() == 1


def test_the_same_thing_paid_twice_is_sent_back_once(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    twin = Order.objects.get(pk=order.pk)
    twin.pk, twin.number, twin._state.adding = None, order.number + 1, True
    twin.id = Order._meta.pk.get_default()
    twin.save()
    for line in order.lines.all():
        line.pk, line.order, line._state.adding = None, twin, True
        line.id = line._meta.pk.get_default()
        line.save()
    second = PaymentAttempt.objects.create(
        order=twin, provider="stripe", amount_minor=4900, currency="GBP", created_at=clock.now(), reference="cs_twin"
    )

    actions.settle(order_id=order.pk, remote=paid_remote(attempt), now=clock.now())
    actions.settle(order_id=twin.pk, remote=paid_remote(second), now=clock.now())

    assert (reload(order).status, reload(twin).status) == ("paid", "expired")
    assert Refund.objects.get().attempt_id == second.pk
    assert access.is_entitled(learner, plan.courses.get().translation_key)


def test_one_order_paid_by_two_pages_stays_paid_and_gives_one_payment_back(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    remote = paid_remote(attempt)
    gateway.current().expire(attempt.reference)
    shop.refresh_payment(order)
    again = actions.open_session(order=reload(order), now=clock.now())
    shop.pay(again)
    assert shop.refresh_payment(order).status == Order.Status.PAID

    actions.settle(order_id=order.pk, remote=remote, now=clock.now())

    assert reload(order).status == Order.Status.PAID
    assert Refund.objects.get().attempt_id == attempt.pk
    assert sent_kinds(learner) == ["order_paid", "payment_too_late"]
