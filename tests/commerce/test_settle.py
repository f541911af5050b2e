"""Settling payments: recorded once, in any order of events; purchases fulfilled."""

from datetime import timedelta

import pytest

from academies.journal.models import Entry
from academies.kernel import clock
from academies.notifications.models import Delivery
from commerce.checkout import actions, gateway, invariants
from commerce.checkout.actions import fulfil, locks, webhooks
from commerce.checkout.actions import refund as refund_actions
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as access
from commerce.enrolments.models import Enrolment, Entitlement, Registration
from commerce.gateways.types import PaymentState
from lyceum_dev.standins.stripe.harness import ASKS, DECLINED
from tests.fixtures.payment_factory import Shop, make_workshop, paid_remote, reload, sent_kinds
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def course(north):
    return a_course()


@pytest.fixture
def plan(course):
    return a_plan(course)


# --- given once -----------------------------------------------------------------------------------------------------
def test_a_paid_order_enrols_and_writes_once(shop: Shop, learner, plan, course):
    order, attempt = shop.buy(learner, plan.slug)

    shop.pay(attempt)
    shop.deliver_webhooks(3)

    order = reload(order)
    assert order.status == Order.Status.PAID
    assert order.attempts.get().payment_reference.startswith("pi_")
    assert access.is_entitled(learner, course.translation_key)
    assert Enrolment.objects.get(person=learner).status == Enrolment.Status.ACTIVE
    assert sent_kinds(learner) == ["order_paid"]
    assert invariants.violations(now=clock.now()) == []


def test_settling_again_changes_nothing(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    remote = gateway.current().read(attempt.reference)

    actions.settle(order_id=order.pk, remote=remote, now=clock.now())
    before = (Entry.objects.count(), Entitlement.objects.count(), Delivery.objects.count())
    for _ in range(5):
        actions.settle(order_id=order.pk, remote=remote, now=clock.now())

    assert (Entry.objects.count(), Entitlement.objects.count(), Delivery.objects.count()) == before
    assert Entry.objects.filter(verb="checkout.order_paid", subject_id=str(order.pk)).count() == 1


def test_every_change_of_status_is_in_the_journal(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    shop.refresh_payment(order)

    entries = Entry.objects.filter(verb__startswith="checkout.", subject_type__startswith="checkout.").exclude(
        verb="checkout.account_connected"
    )
    assert list(entries.order_by("pk").values_list("verb", flat=True)) == [
        "checkout.order_opened", "checkout.payment_created", "checkout.payment_open", "checkout.payment_confirmed",
        "checkout.order_paid",
    ]  # fmt: skip


def test_a_plan_for_all_courses_opens_those_of_tomorrow(shop: Shop, learner, course):
    plan = a_plan(slug="everything", all_courses=True, access_days=30)
    order, attempt = shop.buy(learner, plan.slug)

    shop.pay(attempt)
    order = shop.refresh_payment(order)

    entitlement = Entitlement.objects.get(person=learner)
    assert (entitlement.course_key, entitlement.source) == (None, f"order_line:{order.lines.get().pk}")
    assert entitlement.ends_at == entitlement.starts_at + timedelta(days=30)
    assert access.is_entitled(learner, a_course(title="Rye", slug="rye").translation_key)


def test_a_paid_seat_is_confirmed(shop: Shop, learner, north):
    offering = make_workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)
    assert Registration.objects.get(person=learner).status == Registration.Status.PENDING

    shop.pay(attempt)
    shop.refresh_payment(order)

    registration = Registration.objects.get(person=learner)
    assert (registration.status, registration.source) == (Registration.Status.CONFIRMED, f"order:{order.pk}")
    assert sent_kinds(learner) == ["order_paid", "seat_confirmed"]
    assert invariants.violations(now=clock.now()) == []


# --- on the payment page --------------------------------------------------------------------------------------------
def test_a_declined_card_leaves_the_order_open_and_another_card_pays(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)

    shop.pay(attempt, DECLINED)
    shop.deliver_webhooks(1)
    assert reload(order).status == Order.Status.PENDING
    assert not Entitlement.objects.exists()
    shop.pay(attempt)
    shop.deliver_webhooks(4)

    assert reload(order).status == Order.Status.PAID
    assert sent_kinds(learner) == ["order_paid"]


def test_a_card_that_asks_first_pays_once_the_person_agreed(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)

    shop.pay(attempt, ASKS)
    assert shop.refresh_payment(order).status == Order.Status.PENDING
    shop.standin.confirm(attempt.url)

    assert shop.refresh_payment(order).status == Order.Status.PAID


def test_who_leaves_the_page_has_paid_nothing_and_may_come_back(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)

    shop.standin.cancel(attempt.url)
    order_, state = actions.sync_payment(order=reload(order), now=clock.now())

    assert (order_.status, state) == (Order.Status.PENDING, PaymentState.OPEN)
    assert actions.open_session(order=order_, now=clock.now()).url == attempt.url


def test_a_closed_page_is_replaced_while_the_order_is_open(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    gateway.current().expire(attempt.reference)
    shop.refresh_payment(order)

    again = actions.open_session(order=reload(order), now=clock.now())
    shop.pay(again)

    assert again.url != attempt.url
    assert shop.refresh_payment(order).status == Order.Status.PAID
    assert sorted(order.attempts.values_list("status", flat=True)) == ["cancelled", "confirmed"]


# --- what does not fit ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": 4899},
        {"amount_minor": 490000},
        {"currency": "USD"},
        {"reference": "cs_other"},
        {"order_id": "x"},
    ],
)
def test_another_amount_than_asked_gives_nothing_and_raises_the_alarm(shop: Shop, learner, plan, changes, caplog):
    order, attempt = shop.buy(learner, plan.slug)

    for _ in range(2):
        actions.settle(order_id=order.pk, remote=paid_remote(attempt, **changes), now=clock.now())

    assert reload(order).status == Order.Status.PENDING
    assert not Entitlement.objects.exists()
    assert Entry.objects.filter(verb="checkout.payment_mismatched").count() == 1
    assert "is not what was asked for" in caplog.text


def test_a_payment_of_nobody_is_left_alone(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    stray = paid_remote(attempt, reference="cs_stray", attempt_id="0" * 32)

    assert actions.settle(order_id=order.pk, remote=stray, now=clock.now()).status == Order.Status.PENDING


# --- slow money -----------------------------------------------------------------------------------------------------
def test_money_on_its_way_keeps_the_order_and_its_seat(shop: Shop, learner):
    offering = make_workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)
    slow = paid_remote(attempt, state=PaymentState.PROCESSING)

    actions.settle(order_id=order.pk, remote=slow, now=clock.now())
    pending = reload(order)

    assert pending.status == Order.Status.PENDING
    assert pending.expires_at > clock.now() + timedelta(hours=23)
    assert Registration.objects.get(person=learner).hold_until > pending.expires_at


def test_money_on_its_way_for_a_seat_that_was_given_up_holds_no_new_one(shop: Shop, learner):
    order, attempt = shop.buy(learner, offering=make_workshop(seats=1))
    enrolments.cancel_registration(registration=Registration.objects.get(), by=learner, now=clock.now())

    slow = paid_remote(attempt, state=PaymentState.PROCESSING)
    actions.settle(order_id=order.pk, remote=slow, now=clock.now())
    actions.settle(order_id=order.pk, remote=paid_remote(attempt), now=clock.now())

    assert Registration.objects.get().status == Registration.Status.CANCELLED
    assert reload(order).status == Order.Status.EXPIRED
    assert Refund.objects.get().amount_minor == 3500


def test_slow_money_that_failed_leaves_the_order_to_be_paid_otherwise(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)

    actions.settle(order_id=order.pk, remote=paid_remote(attempt, state=PaymentState.FAILED), now=clock.now())
    again = actions.open_session(order=reload(order), now=clock.now())

    assert PaymentAttempt.objects.get(pk=attempt.pk).status == PaymentAttempt.Status.FAILED
    assert again.pk != attempt.pk


# --- whatever the order of news -------------------------------------------------------------------------------------
def test_a_failure_that_is_told_after_the_success_changes_nothing(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    shop.refresh_payment(order)

    for state in (PaymentState.FAILED, PaymentState.OPEN, PaymentState.EXPIRED, PaymentState.PROCESSING):
        actions.settle(order_id=order.pk, remote=paid_remote(attempt, state=state), now=clock.now())

    assert reload(order).status == Order.Status.PAID
    assert access.is_entitled(learner, plan.courses.get().translation_key)


def test_a_crash_before_the_page_was_stored_is_made_good_by_the_payment(shop: Shop, learner, plan, monkeypatch):
    order, attempt = shop.buy(learner, plan.slug)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(reference=None, url="", status="created")
    shop.pay(attempt)

    shop.deliver_webhooks(3)

    assert reload(order).status == Order.Status.PAID
    assert PaymentAttempt.objects.get(pk=attempt.pk).reference == attempt.reference


class PowerCut(BaseException):
    """Nothing in the program catches it."""


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (webhooks, "settle"),
        (locks, "lock_attempts"),
        (fulfil, "order_lines"),
        (fulfil, "fulfil_order"),
        (fulfil, "email_payment_confirmation"),
        (refund_actions, "record_provider_refunds"),
    ],
)
def test_a_power_cut_at_any_step_leaves_nothing_half_given_and_is_made_good(
    shop: Shop, learner, plan, monkeypatch, place, name
):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    received = shop.webhooks(3)
    assert shop.deliver_webhook(received[-1]).status_code == 200

    def goes(*args, **kwargs):
        raise PowerCut

    with monkeypatch.context() as broken:
        broken.setattr(place, name, goes)
        with pytest.raises(PowerCut):
            shop.work()
    assert (reload(order).status, Entitlement.objects.count()) == (Order.Status.PENDING, 0)
    shop.work()

    assert reload(order).status == Order.Status.PAID
    assert (Entitlement.objects.count(), sent_kinds(learner)) == (1, ["order_paid"])
    assert Entry.objects.filter(verb="checkout.payment_confirmed").count() == 1
