"""It holds that money that came is booked once, whatever order its news comes in, and that what was bought is given."""

from datetime import timedelta

import pytest

from academies.journal.models import Entry
from academies.kernel import clock
from academies.notices.models import Delivery
from commerce.checkout import actions, checks
from commerce.checkout.actions import settlement, till
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as access
from commerce.enrolments.models import Enrolment, Entitlement, Registration
from commerce.gateways.facts import PaymentState, RemotePayment
from commerce.gateways.stripe.standin.harness import ASKS, DECLINED
from tests.commerce.props import a_course, a_plan
from tests.commerce.shop import Shop, overdue, workshop


@pytest.fixture
def course(north):
    return a_course()


@pytest.fixture
def plan(course):
    return a_plan(course)


def now_of(order):
    return Order.objects.get(pk=order.pk)


def mails(person):
    return sorted(Delivery.objects.filter(person=person).values_list("kind", flat=True))


def paid_remote(attempt, **changes):
    usual = {
        "reference": attempt.reference, "state": PaymentState.PAID, "amount_minor": attempt.amount_minor,
        "currency": attempt.currency, "payment_reference": f"pi_{attempt.pk}", "attempt_id": str(attempt.pk),
        "order_id": str(attempt.order_id),
    }  # fmt: skip
    return RemotePayment(**(usual | changes))


# --- given once -----------------------------------------------------------------------------------------------------
def test_a_paid_order_enrols_and_writes_once(shop: Shop, learner, plan, course):
    order, attempt = shop.buy(learner, plan.slug)

    shop.pay(attempt)
    shop.deliver(3)

    order = now_of(order)
    assert order.status == Order.Status.PAID
    assert order.attempts.get().payment_reference.startswith("pi_")
    assert access.is_entitled(learner, course.translation_key)
    assert Enrolment.objects.get(person=learner).status == Enrolment.Status.ACTIVE
    assert mails(learner) == ["order_paid"]
    assert checks.faults(now=clock.now()) == []


def test_settling_again_changes_nothing(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    remote = till.gateway().read(attempt.reference)

    actions.settle(order_id=order.pk, remote=remote, now=clock.now())
    before = (Entry.objects.count(), Entitlement.objects.count(), Delivery.objects.count())
    for _ in range(5):
        actions.settle(order_id=order.pk, remote=remote, now=clock.now())

    assert (Entry.objects.count(), Entitlement.objects.count(), Delivery.objects.count()) == before
    assert Entry.objects.filter(verb="checkout.order_paid", subject_id=str(order.pk)).count() == 1


def test_every_change_of_status_is_in_the_journal(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    shop.look(order)

    told = Entry.objects.filter(verb__startswith="checkout.", subject_type__startswith="checkout.").exclude(
        verb="checkout.account_connected"
    )
    assert list(told.order_by("pk").values_list("verb", flat=True)) == [
        "checkout.order_opened", "checkout.payment_created", "checkout.payment_open", "checkout.payment_confirmed",
        "checkout.order_paid",
    ]  # fmt: skip


def test_a_plan_for_all_courses_opens_those_of_tomorrow(shop: Shop, learner, course):
    plan = a_plan(slug="everything", all_courses=True, access_days=30)
    order, attempt = shop.buy(learner, plan.slug)

    shop.pay(attempt)
    order = shop.look(order)

    entitlement = Entitlement.objects.get(person=learner)
    assert (entitlement.course_key, entitlement.source) == (None, f"order_line:{order.lines.get().pk}")
    assert entitlement.ends_at == entitlement.starts_at + timedelta(days=30)
    assert access.is_entitled(learner, a_course(title="Rye", slug="rye").translation_key)


def test_a_paid_seat_is_confirmed(shop: Shop, learner, north):
    offering = workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)
    assert Registration.objects.get(person=learner).status == Registration.Status.PENDING

    shop.pay(attempt)
    shop.look(order)

    registration = Registration.objects.get(person=learner)
    assert (registration.status, registration.source) == (Registration.Status.CONFIRMED, f"order:{order.pk}")
    assert mails(learner) == ["order_paid", "seat_confirmed"]
    assert checks.faults(now=clock.now()) == []


# --- on the payment page --------------------------------------------------------------------------------------------
def test_a_declined_card_leaves_the_order_open_and_another_card_pays(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)

    shop.pay(attempt, DECLINED)
    shop.deliver(1)
    assert now_of(order).status == Order.Status.PENDING
    assert not Entitlement.objects.exists()
    shop.pay(attempt)
    shop.deliver(4)

    assert now_of(order).status == Order.Status.PAID
    assert mails(learner) == ["order_paid"]


def test_a_card_that_asks_first_pays_once_the_person_agreed(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)

    shop.pay(attempt, ASKS)
    assert shop.look(order).status == Order.Status.PENDING
    shop.standin.confirm(attempt.url)

    assert shop.look(order).status == Order.Status.PAID


def test_who_leaves_the_page_has_paid_nothing_and_may_come_back(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)

    shop.standin.cancel(attempt.url)
    found, state = actions.look(order=now_of(order), now=clock.now())

    assert (found.status, state) == (Order.Status.PENDING, PaymentState.OPEN)
    assert actions.pay(order=found, now=clock.now()).url == attempt.url


def test_a_closed_page_is_replaced_while_the_order_is_open(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    till.gateway().expire(attempt.reference)
    shop.look(order)

    again = actions.pay(order=now_of(order), now=clock.now())
    shop.pay(again)

    assert again.url != attempt.url
    assert shop.look(order).status == Order.Status.PAID
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

    assert now_of(order).status == Order.Status.PENDING
    assert not Entitlement.objects.exists()
    assert Entry.objects.filter(verb="checkout.payment_mismatched").count() == 1
    assert "is not what was asked for" in caplog.text


def test_a_payment_of_nobody_is_left_alone(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    stray = paid_remote(attempt, reference="cs_stray", attempt_id="0" * 32)

    assert actions.settle(order_id=order.pk, remote=stray, now=clock.now()).status == Order.Status.PENDING


# --- too late -------------------------------------------------------------------------------------------------------
def test_a_payment_after_the_end_is_taken_while_the_thing_is_still_for_sale(shop: Shop, learner, plan, course):
    order, attempt = shop.buy(learner, plan.slug)
    late = paid_remote(attempt)
    actions.expire_orders(now=overdue(order))
    assert now_of(order).status == Order.Status.EXPIRED

    actions.settle(order_id=order.pk, remote=late, now=overdue(order))

    assert now_of(order).status == Order.Status.PAID
    assert access.holds_entitlement(learner, course.translation_key, overdue(order))
    assert mails(learner) == ["order_paid"]
    assert checks.faults(now=overdue(order)) == []


def test_a_payment_for_a_seat_that_is_gone_is_sent_back_once(shop: Shop, learner, stranger):
    offering = workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)
    late = paid_remote(attempt)
    actions.expire_orders(now=overdue(order))
    second, paying = shop.buy(stranger, offering=offering)
    shop.pay(paying)
    assert shop.look(second).status == Order.Status.PAID

    for _ in range(3):
        actions.settle(order_id=order.pk, remote=late, now=overdue(order))

    assert now_of(order).status == Order.Status.EXPIRED
    assert PaymentAttempt.objects.get(pk=attempt.pk).status == PaymentAttempt.Status.CONFIRMED
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason) == (3500, "sold_out")
    assert mails(learner) == ["payment_too_late"]
    assert Registration.objects.get(offering=offering, status="confirmed").person == stranger


def test_a_hold_that_ran_out_before_the_order_did_is_sent_back(shop: Shop, learner, stranger):
    offering = workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)
    shop.pay(attempt)
    after = order.expires_at + timedelta(hours=1)
    enrolments.release_holds(now=after)
    enrolments.hold_seat(
        person=stranger, offering=offering, hold_until=after + timedelta(hours=1), source="x", now=after
    )

    remote = till.gateway().read(attempt.reference)
    actions.settle(order_id=order.pk, remote=remote, now=after)
    actions.reconcile(now=after + timedelta(minutes=3))

    assert now_of(order).status == Order.Status.EXPIRED
    refund = Refund.objects.get()
    assert refund.status == Refund.Status.DONE
    assert till.gateway().read(attempt.reference).refunded_minor == 3500
    assert mails(learner) == ["payment_too_late"]


def test_of_two_late_payments_for_the_last_seat_one_is_taken(shop: Shop, learner, stranger):
    offering = workshop(seats=1)
    first, one = shop.buy(learner, offering=offering)
    actions.expire_orders(now=overdue(first))
    second, two = shop.buy(stranger, offering=offering)
    late = overdue(second)
    actions.expire_orders(now=late)

    actions.settle(order_id=second.pk, remote=paid_remote(two), now=late)
    actions.settle(order_id=first.pk, remote=paid_remote(one), now=late)

    assert (now_of(first).status, now_of(second).status) == ("expired", "paid")
    assert Refund.objects.get().attempt_id == one.pk
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

    assert (now_of(order).status, now_of(twin).status) == ("paid", "expired")
    assert Refund.objects.get().attempt_id == second.pk
    assert access.is_entitled(learner, plan.courses.get().translation_key)


def test_one_order_paid_by_two_pages_stays_paid_and_gives_one_payment_back(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    remote = paid_remote(attempt)
    till.gateway().expire(attempt.reference)
    shop.look(order)
    again = actions.pay(order=now_of(order), now=clock.now())
    shop.pay(again)
    assert shop.look(order).status == Order.Status.PAID

    actions.settle(order_id=order.pk, remote=remote, now=clock.now())

    assert now_of(order).status == Order.Status.PAID
    assert Refund.objects.get().attempt_id == attempt.pk
    assert mails(learner) == ["order_paid", "payment_too_late"]


# --- slow money -----------------------------------------------------------------------------------------------------
def test_money_on_its_way_keeps_the_order_and_its_seat(shop: Shop, learner):
    offering = workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)
    slow = paid_remote(attempt, state=PaymentState.PROCESSING)

    actions.settle(order_id=order.pk, remote=slow, now=clock.now())
    kept = now_of(order)

    assert kept.status == Order.Status.PENDING
    assert kept.expires_at > clock.now() + timedelta(hours=23)
    assert Registration.objects.get(person=learner).hold_until > kept.expires_at


def test_slow_money_that_failed_leaves_the_order_to_be_paid_otherwise(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)

    actions.settle(order_id=order.pk, remote=paid_remote(attempt, state=PaymentState.FAILED), now=clock.now())
    again = actions.pay(order=now_of(order), now=clock.now())

    assert PaymentAttempt.objects.get(pk=attempt.pk).status == PaymentAttempt.Status.FAILED
    assert again.pk != attempt.pk


# --- whatever the order of news -------------------------------------------------------------------------------------
def test_a_failure_that_is_told_after_the_success_changes_nothing(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    shop.look(order)

    for state in (PaymentState.FAILED, PaymentState.OPEN, PaymentState.EXPIRED, PaymentState.PROCESSING):
        actions.settle(order_id=order.pk, remote=paid_remote(attempt, state=state), now=clock.now())

    assert now_of(order).status == Order.Status.PAID
    assert access.is_entitled(learner, plan.courses.get().translation_key)


def test_a_crash_before_the_page_was_stored_is_made_good_by_the_payment(shop: Shop, learner, plan, monkeypatch):
    order, attempt = shop.buy(learner, plan.slug)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(reference=None, url="", status="created")
    shop.pay(attempt)

    shop.deliver(3)

    assert now_of(order).status == Order.Status.PAID
    assert PaymentAttempt.objects.get(pk=attempt.pk).reference == attempt.reference


def test_a_faulty_fulfilment_leaves_nothing_half_given(shop: Shop, learner, plan, monkeypatch):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    remote = till.gateway().read(attempt.reference)

    def fails(*args, **kwargs):
        raise RuntimeError("the power went")

    monkeypatch.setattr(settlement.fulfil, "write_of_payment", fails)
    with pytest.raises(RuntimeError):
        actions.settle(order_id=order.pk, remote=remote, now=clock.now())
    assert (now_of(order).status, Entitlement.objects.count()) == (Order.Status.PENDING, 0)
    monkeypatch.undo()

    assert actions.settle(order_id=order.pk, remote=remote, now=clock.now()).status == Order.Status.PAID
