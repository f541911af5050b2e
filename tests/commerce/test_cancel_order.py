"""Cancelled and expired orders: ended only once nobody can pay them."""

from datetime import timedelta

import pytest

from academies.kernel import clock
from commerce.checkout import actions, gateway, refusals
from commerce.checkout.actions import cancel, locks
from commerce.checkout.models import Order, PaymentAttempt
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as access
from commerce.enrolments.models import Registration
from commerce.gateways.port import GatewayRefused
from commerce.gateways.types import PaymentState
from tests.fixtures.payment_factory import Shop, after_expiry, make_workshop, paid_remote, reload
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def plan(north):
    return a_plan(a_course())


def run_before(monkeypatch, place, name, callback):
    """Have something else happen once, just before a function runs."""
    usual, waiting = getattr(place, name), [callback]

    def interrupted(*args, **kwargs):
        if waiting:
            waiting.pop()()
        return usual(*args, **kwargs)

    monkeypatch.setattr(place, name, interrupted)


def test_an_order_that_nobody_paid_expires_with_its_page_and_its_seat(shop: Shop, learner):
    order, attempt = shop.buy(learner, offering=make_workshop(seats=1))

    assert actions.expire_orders(now=order.expires_at - timedelta(seconds=1)) == 0
    assert actions.expire_orders(now=after_expiry(order)) == 1

    assert reload(order).status == Order.Status.EXPIRED
    assert PaymentAttempt.objects.get().status == PaymentAttempt.Status.CANCELLED
    assert gateway.current().read(attempt.reference).state == PaymentState.EXPIRED
    assert Registration.objects.get().status == Registration.Status.CANCELLED


def test_expiring_again_finds_nothing(shop: Shop, learner, plan):
    order, _ = shop.buy(learner, plan.slug)
    actions.expire_orders(now=after_expiry(order))

    assert actions.expire_orders(now=after_expiry(order)) == 0


def test_an_order_that_was_paid_in_the_last_second_is_settled_instead(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)

    assert actions.expire_orders(now=after_expiry(order)) == 0

    assert reload(order).status == Order.Status.PAID
    assert access.holds_entitlement(learner, plan.courses.get().translation_key, after_expiry(order))


@pytest.mark.parametrize("moment", ["before the page is closed", "before the order is locked"])
def test_an_order_that_is_paid_while_it_expires_ends_paid(shop: Shop, learner, plan, monkeypatch, moment):
    order, attempt = shop.buy(learner, plan.slug)

    def webhook():
        actions.settle(order_id=order.pk, remote=paid_remote(attempt), now=clock.now())

    place = (cancel, "close_sessions") if moment == "before the page is closed" else (locks, "lock_order")
    run_before(monkeypatch, *place, webhook)

    assert actions.expire_orders(now=after_expiry(order)) == 0

    assert reload(order).status == Order.Status.PAID
    assert PaymentAttempt.objects.get().status == PaymentAttempt.Status.CONFIRMED
    assert access.is_entitled(learner, plan.courses.get().translation_key)


def test_without_reading_again_under_the_lock_the_payment_would_be_lost(shop: Shop, learner, plan, monkeypatch):
    order, attempt = shop.buy(learner, plan.slug)
    stale = Order.objects.get(pk=order.pk)
    actions.settle(order_id=order.pk, remote=paid_remote(attempt), now=clock.now())

    monkeypatch.setattr(locks, "lock_order", lambda order_id: stale)
    cancel.end_order(order.pk, Order.Status.EXPIRED, by=None, now=after_expiry(order))

    assert reload(order).status == Order.Status.EXPIRED
    assert PaymentAttempt.objects.get().status == PaymentAttempt.Status.CONFIRMED


@pytest.mark.usefixtures("impatient")
def test_what_the_provider_cannot_close_is_not_let_go(shop: Shop, learner):
    order, _ = shop.buy(learner, offering=make_workshop(seats=1))
    shop.standin.faults(fail={"times": 3, "status": 500, "path": "/v1/checkout/sessions"})

    assert actions.expire_orders(now=after_expiry(order)) == 0
    assert reload(order).status == Order.Status.PENDING
    assert Registration.objects.get().status == Registration.Status.PENDING

    assert actions.expire_orders(now=after_expiry(order)) == 1


def test_one_faulty_order_does_not_keep_the_others(shop: Shop, learner, stranger, plan, monkeypatch):
    first, attempt = shop.buy(learner, plan.slug)
    second, _ = shop.buy(stranger, plan.slug)
    expire = gateway.TransactionGuard.expire

    def moody(self, reference):
        if reference == attempt.reference:
            return paid_remote(attempt, state=PaymentState.PROCESSING)
        return expire(self, reference)

    monkeypatch.setattr(gateway.TransactionGuard, "expire", moody)

    assert actions.expire_orders(now=after_expiry(second)) == 1

    assert (reload(first).status, reload(second).status) == ("pending", "expired")
    assert reload(first).expires_at > after_expiry(second)


# --- cancelling -----------------------------------------------------------------------------------------------------
def test_a_cancelled_order_frees_its_seat_for_the_next(shop: Shop, learner, stranger):
    offering = make_workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)

    cancelled = actions.cancel_order(order=order, by=learner, now=clock.now())

    assert cancelled.status == Order.Status.CANCELLED
    assert "expired" in shop.standin.look(attempt.url).text.lower()
    assert shop.buy(stranger, offering=offering)[0].status == Order.Status.PENDING


def test_cancelling_again_is_no_fault(shop: Shop, learner, plan):
    order, _ = shop.buy(learner, plan.slug)

    first = actions.cancel_order(order=order, by=learner, now=clock.now())
    again = actions.cancel_order(order=order, by=learner, now=clock.now())

    assert (first.status, again.ended_at) == (Order.Status.CANCELLED, first.ended_at)


def test_who_paid_first_has_bought_and_cannot_cancel(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)

    with pytest.raises(refusals.OrderPaid):
        actions.cancel_order(order=order, by=learner, now=clock.now())

    assert reload(order).status == Order.Status.PAID


def test_while_money_is_on_its_way_nothing_is_cancelled(shop: Shop, learner, plan, monkeypatch):
    order, attempt = shop.buy(learner, plan.slug)
    slow = paid_remote(attempt, state=PaymentState.PROCESSING)
    monkeypatch.setattr(gateway.TransactionGuard, "expire", lambda self, reference: slow)

    with pytest.raises(refusals.PaymentProcessing):
        actions.cancel_order(order=order, by=learner, now=clock.now())

    assert reload(order).status == Order.Status.PENDING


def test_a_page_that_opened_meanwhile_is_not_forgotten(shop: Shop, learner, plan, monkeypatch):
    order, _ = shop.buy(learner, plan.slug)
    monkeypatch.setattr(cancel, "close_sessions", lambda order_id, *, now: set())

    with pytest.raises(refusals.SessionJustOpened):
        actions.cancel_order(order=order, by=learner, now=clock.now())


def test_a_page_that_the_provider_does_not_know_holds_nothing_up(shop: Shop, learner, plan):
    order, _ = shop.buy(learner, plan.slug)
    PaymentAttempt.objects.update(reference="cs_test_forgotten")

    assert actions.cancel_order(order=order, by=learner, now=clock.now()).status == Order.Status.CANCELLED


def test_a_page_that_the_provider_will_not_close_stays_an_open_order(shop: Shop, learner, plan, monkeypatch):
    order, _ = shop.buy(learner, plan.slug)

    def refuses(self, reference):
        raise GatewayRefused("strange", "No.")

    monkeypatch.setattr(gateway.TransactionGuard, "expire", refuses)

    with pytest.raises(refusals.ProviderUnavailable):
        actions.cancel_order(order=order, by=learner, now=clock.now())
    assert reload(order).status == Order.Status.PENDING


def test_a_seat_promised_from_the_waiting_list_outlives_an_order_that_lapsed(shop: Shop, learner):
    offering = make_workshop(seats=1)
    until = clock.now() + timedelta(hours=24)
    enrolments.hold_seat(person=learner, offering=offering, hold_until=until, source="", now=clock.now())
    order, _ = shop.buy(learner, offering=offering)

    actions.expire_orders(now=after_expiry(order))

    registration = Registration.objects.get()
    assert (registration.status, registration.hold_until) == (Registration.Status.PENDING, until)
    again, attempt = shop.buy(learner, offering=offering)
    shop.pay(attempt)
    assert shop.refresh_payment(again).status == Order.Status.PAID
