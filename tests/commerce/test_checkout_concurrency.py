"""Concurrency of checkout: real threads, real commits.

Each promise comes with its mutant: the same crowd without the lock, which must go wrong, or the test proves nothing.
"""

import threading
import uuid
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client

from academies.inbox import actions as inbox
from academies.inbox.models import WebhookEvent
from academies.journal.models import Entry
from academies.kernel import clock
from academies.notifications.models import Delivery
from academies.outbox import actions as outbox
from academies.tenants.context import current_schema
from commerce.checkout import actions, gateway, invariants, queries, refusals
from commerce.checkout.actions import cancel, locks, pricing
from commerce.checkout.actions import refund as refund_actions
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.checkout.types import CheckoutRequest, Item, RefundInput
from commerce.enrolments import actions as enrolments
from commerce.enrolments.models import Enrolment, Registration
from commerce.plans.models import Coupon
from tests.fixtures.concurrency import at_once, people_of
from tests.fixtures.payment_factory import Shop, after_expiry, make_workshop, paid_remote
from tests.fixtures.product_factory import a_course, a_date, a_plan

pytestmark = pytest.mark.threads


@pytest.fixture
def committed_shop(committed_academy, standin, receiver) -> Shop:
    """The committed_academy, selling."""
    return Shop.at(standin, receiver)


@pytest.fixture
def make_people(committed_academy):
    """Make so many people of the committed_academy."""
    return lambda count: people_of(committed_academy, count)


class Together:
    """Holds threads until all of them have read, so that a race is certain and not a matter of luck."""

    def __init__(self, count: int) -> None:
        self.gate = threading.Barrier(count)

    def __call__(self, value):
        with suppress(threading.BrokenBarrierError):
            self.gate.wait(10)
        return value


def confirmations() -> int:
    return Entry.objects.filter(verb="checkout.payment_confirmed").count()


# --- the same news, twenty times at once ----------------------------------------------------------------------------
def test_a_storm_of_one_event_is_one_payment_one_enrolment_one_mail(committed_shop: Shop, make_people):
    (buyer,) = make_people(1)
    plan = a_plan(a_course())
    order, attempt = committed_shop.buy(buyer, plan.slug)
    committed_shop.pay(attempt)
    webhook = committed_shop.webhooks(3)[-1]

    def knock(number: int) -> int:
        headers = {"host": committed_shop.host, "stripe-signature": webhook.signature}
        return (
            Client().post("/hooks/stripe/", webhook.body, content_type="application/json", headers=headers).status_code
        )

    results = at_once(20, knock)
    event = WebhookEvent.objects.get(account=current_schema())
    handled = at_once(20, lambda number: _one_way_or_another(number, order, event))
    outbox.drain()

    assert results == [200] * 20
    assert not [error for error in handled if isinstance(error, BaseException)]
    assert Order.objects.get().status == Order.Status.PAID
    assert (confirmations(), Enrolment.objects.count(), Delivery.objects.filter(kind="order_paid").count()) == (1, 1, 1)
    assert invariants.violations(now=clock.now()) == []


def _one_way_or_another(number: int, order: Order, event: WebhookEvent) -> None:
    """The worker, the return page and the clock, all at the same time."""
    if number % 3 == 0:
        inbox.handle(event_id=str(event.pk), now=clock.now(), again=True)
    elif number % 3 == 1:
        actions.sync_payment(order=Order.objects.get(pk=order.pk), now=clock.now())
    else:
        actions.reconcile_payments(now=clock.now() + timedelta(minutes=2))


def test_without_the_locks_concurrent_webhooks_settle_it_more_than_once(committed_shop: Shop, monkeypatch, make_people):
    (buyer,) = make_people(1)
    order, attempt = committed_shop.buy(buyer, a_plan(a_course()).slug)
    together = Together(20)
    monkeypatch.setattr(locks, "lock_order", lambda pk: together(Order.objects.get(pk=pk)))
    monkeypatch.setattr(locks, "lock_attempts", lambda order: list(order.attempts.all()))
    remote = paid_remote(attempt)

    at_once(20, lambda number: actions.settle(order_id=order.pk, remote=remote, now=clock.now()))

    assert confirmations() > 1


# --- paid while it expires ------------------------------------------------------------------------------------------
def test_what_is_paid_while_it_expires_ends_paid(committed_shop: Shop, make_people):
    buyers = make_people(6)
    offering = make_workshop(seats=6)
    bought = [committed_shop.buy(buyer, offering=offering) for buyer in buyers]
    late = after_expiry(bought[-1][0])

    def settle_or_expire(number: int) -> None:
        order, attempt = bought[number // 2]
        if number % 2:
            actions.expire_orders(now=late)
        else:
            actions.settle(order_id=order.pk, remote=paid_remote(attempt), now=late)

    results = at_once(12, settle_or_expire)

    assert results == [None] * 12
    assert Counter(Order.objects.values_list("status", flat=True)) == {"paid": 6}
    assert Registration.objects.filter(status="confirmed").count() == 6
    assert not Refund.objects.exists()


# --- two orders for one thing ---------------------------------------------------------------------------------------
def _twins(committed_shop: Shop, buyer, **things) -> list[tuple[Order, PaymentAttempt]]:
    """Order one thing in two windows at the same moment: neither order knows of the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cancel, "supersede", lambda **arguments: None)
        return [committed_shop.buy(buyer, *things.get("plans", ()), offering=things.get("offering")) for _ in range(2)]


def _settle_both(bought) -> list[object]:
    return at_once(
        len(bought),
        lambda number: actions.settle(
            order_id=bought[number][0].pk, remote=paid_remote(bought[number][1]), now=clock.now()
        ),
    )


def _of_a_kind(committed_shop: Shop, kind: str) -> dict[str, object]:
    return {"plans": [a_plan(a_course()).slug]} if kind == "plan" else {"offering": make_workshop(seats=2)}


@pytest.mark.parametrize("kind", ["plan", "seat"])
def test_of_two_orders_for_one_thing_paid_at_once_one_is_sent_back(committed_shop: Shop, make_people, kind):
    (buyer,) = make_people(1)
    bought = _twins(committed_shop, buyer, **_of_a_kind(committed_shop, kind))

    answers = _settle_both(bought)

    assert not [error for error in answers if isinstance(error, BaseException)]
    assert Counter(Order.objects.values_list("status", flat=True)) == {"paid": 1, "expired": 1}
    assert Refund.objects.count() == 1
    assert Registration.objects.filter(status="confirmed").count() == (kind == "seat")
    assert invariants.violations(now=clock.now()) == []


@pytest.mark.parametrize("kind", ["plan", "seat"])
def test_without_the_buyers_lock_both_orders_keep_the_money(committed_shop: Shop, make_people, kind, monkeypatch):
    (buyer,) = make_people(1)
    bought = _twins(committed_shop, buyer, **_of_a_kind(committed_shop, kind))
    together, refuse = Together(2), pricing.check_not_sold_twice
    monkeypatch.setattr(locks, "lock_buyer", lambda person_id: None)
    monkeypatch.setattr(pricing, "check_not_sold_twice", lambda *args, **more: together(refuse(*args, **more)))

    _settle_both(bought)

    assert Counter(Order.objects.values_list("status", flat=True)) == {"paid": 2}


# --- coupons --------------------------------------------------------------------------------------------------------
def _with_coupon(plan, people):
    def buy(number: int) -> str:
        try:
            actions.place_order(
                person=people[number],
                checkout_request=CheckoutRequest([Item(plan=plan.slug)], coupon="ONCE"),
                now=clock.now(),
            )
        except refusals.CouponUsedUp:
            return "used up"
        return "bought"

    return Counter(at_once(len(people), buy))


def test_the_last_use_of_a_coupon_is_given_once(committed_shop: Shop, make_people):
    Coupon.objects.create(code="ONCE", percent=100, max_uses=1)

    assert _with_coupon(a_plan(a_course()), make_people(30)) == {"bought": 1, "used up": 29}

    assert Order.objects.filter(coupon__isnull=False).count() == 1


def test_without_its_lock_a_coupon_is_used_too_often(committed_shop: Shop, monkeypatch, make_people):
    Coupon.objects.create(code="ONCE", percent=100, max_uses=1)
    together = Together(10)
    monkeypatch.setattr(locks, "lock_coupon", lambda code: Coupon.objects.get(code=code))
    coupon_uses = queries.coupon_uses
    monkeypatch.setattr(queries, "coupon_uses", lambda coupon: together(coupon_uses(coupon)))

    assert _with_coupon(a_plan(a_course()), make_people(10))["bought"] > 1


# --- numbers --------------------------------------------------------------------------------------------------------
def _free_orders(people):
    plan = a_plan(a_course(), price_minor=0)
    return at_once(
        len(people),
        lambda number: (
            actions.place_order(
                person=people[number], checkout_request=CheckoutRequest([Item(plan=plan.slug)]), now=clock.now()
            )[0].number
        ),
    )


def test_numbers_of_orders_placed_at_once_have_no_gap_and_no_double(committed_shop: Shop, make_people):
    numbers = _free_orders(make_people(30))

    assert sorted(numbers) == list(range(1, 31))
    assert invariants.violations(now=clock.now()) == []


def test_without_its_lock_a_number_is_given_twice(committed_shop: Shop, monkeypatch, make_people):
    together = Together(10)
    monkeypatch.setattr(locks, "next_number", lambda: together(Order.objects.count() + 1))

    answers = _free_orders(make_people(10))

    assert [error for error in answers if isinstance(error, IntegrityError)]


# --- payment pages --------------------------------------------------------------------------------------------------
def _with_a_closed_page(committed_shop: Shop, buyer) -> Order:
    order, attempt = committed_shop.buy(buyer, a_plan(a_course()).slug)
    gateway.current().expire(attempt.reference)
    return committed_shop.refresh_payment(order)


def test_the_button_to_pay_pressed_ten_times_at_once_opens_one_page(committed_shop: Shop, make_people):
    (buyer,) = make_people(1)
    order = _with_a_closed_page(committed_shop, buyer)

    results = at_once(10, lambda number: actions.open_session(order=order, now=clock.now()))

    assert len({attempt.pk for attempt in results}) == 1
    assert Counter(PaymentAttempt.objects.values_list("status", flat=True)) == {"cancelled": 1, "open": 1}


def test_without_the_lock_only_the_constraint_keeps_a_second_page_out(committed_shop: Shop, make_people, monkeypatch):
    (buyer,) = make_people(1)
    order = _with_a_closed_page(committed_shop, buyer)
    together, latest = Together(6), queries.latest_attempt
    monkeypatch.setattr(locks, "lock_order", lambda pk: Order.objects.get(pk=pk))
    monkeypatch.setattr(queries, "latest_attempt", lambda order: together(latest(order)))

    results = at_once(6, lambda number: actions.open_session(order=order, now=clock.now()))

    assert [error for error in results if isinstance(error, IntegrityError)]
    assert PaymentAttempt.objects.filter(status__in=["created", "open"]).count() == 1


# --- seats and forms ------------------------------------------------------------------------------------------------
def test_seats_that_cost_are_ordered_by_as_many_as_there_are(committed_shop: Shop, make_people):
    people = make_people(18)
    offering = make_workshop(seats=5)

    def order(number: int) -> str:
        try:
            committed_shop.buy(people[number], offering=offering)
        except enrolments.SoldOut:
            return "sold out"
        return "ordered"

    assert Counter(at_once(18, order)) == {"ordered": 5, "sold out": 13}
    assert PaymentAttempt.objects.filter(status="open").count() == Order.objects.count() == 5


def test_one_form_sent_ten_times_at_once_is_one_order(committed_shop: Shop, make_people):
    (buyer,) = make_people(1)
    plan, order_id = a_plan(a_course()), uuid.uuid4()

    orders = at_once(10, lambda number: committed_shop.buy(buyer, plan.slug, order_id=order_id)[0].pk)

    assert orders == [order_id] * 10
    assert (Order.objects.count(), PaymentAttempt.objects.count()) == (1, 1)
    assert len(list(gateway.current().recent_payments(clock.now() - timedelta(minutes=5)))) == 1


def test_baskets_that_name_the_same_dates_in_any_order_never_lock_each_other_out(committed_shop: Shop, make_people):
    people = make_people(12)
    later = clock.now() + timedelta(days=14)
    dates = [a_date(slug=f"date-{number}", title="Date", starts_at=later) for number in range(3)]

    def order(number: int):
        items = [Item(offering=date.pk) for date in (dates if number % 2 else dates[::-1])]
        return actions.place_order(person=people[number], checkout_request=CheckoutRequest(items), now=clock.now())[
            0
        ].status

    assert at_once(12, order) == [Order.Status.PAID] * 12


# --- refunds --------------------------------------------------------------------------------------------------------
@pytest.fixture
def paid(committed_shop: Shop, make_people) -> Order:
    (buyer,) = make_people(1)
    order, attempt = committed_shop.buy(buyer, a_plan(a_course()).slug)
    committed_shop.pay(attempt)
    return committed_shop.refresh_payment(order)


def _refunds(order: Order, count: int, amount: int):
    def give_back(number: int) -> str:
        try:
            actions.refund_order(order=order, by=None, refund_input=RefundInput("at once", amount), now=clock.now())
        except (refusals.RefundTooLarge, refusals.NothingToRefund):
            return "too much"
        except refusals.RefundRefused:
            return "refused by the provider"
        return "given"

    return Counter(at_once(count, give_back))


def test_refunds_at_once_never_give_back_more_than_was_paid(committed_shop: Shop, paid):
    assert _refunds(paid, 8, 1500) == {"given": 3, "too much": 5}

    assert gateway.current().read(paid.attempts.get().reference).refunded_minor == 4500
    assert Order.objects.get().status == Order.Status.PARTIALLY_REFUNDED
    assert invariants.violations(now=clock.now()) == []


def test_without_the_lock_refunds_promise_more_than_was_paid(committed_shop: Shop, paid, monkeypatch):
    together = Together(8)
    monkeypatch.setattr(locks, "lock_order", lambda pk: together(Order.objects.get(pk=pk)))

    outcomes = _refunds(paid, 8, 1500)

    assert outcomes["given"] + outcomes["refused by the provider"] > 3


def test_one_refund_sent_many_times_at_once_is_one_refund(committed_shop: Shop, paid):
    waiting = refund_actions.refund_unfulfillable(paid, paid.attempts.get(), reason="twice", now=clock.now())

    at_once(6, lambda number: actions.send_refund(refund_id=waiting.pk, now=clock.now()))
    actions.reconcile_payments(now=clock.now(), thorough=True)

    assert Refund.objects.get().status == Refund.Status.DONE
    assert gateway.current().read(paid.attempts.get().reference).refunded_minor == 4900
