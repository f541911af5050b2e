"""Refunds: amounts, states, repeats, and the access that ends."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from academies.kernel import clock
from academies.kernel.errors import Invalid
from academies.notifications.actions import compose
from academies.notifications.models import Delivery
from academies.outbox import actions as outbox
from catalog.offerings.models import Offering
from commerce.checkout import actions, gateway, invariants, refusals
from commerce.checkout.actions import refund as refund_actions
from commerce.checkout.models import Order, Refund
from commerce.checkout.types import RefundInput
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as access
from commerce.enrolments.models import Enrolment, Registration
from commerce.gateways.port import GatewayUnavailable
from commerce.gateways.types import RefundRequest, RefundState, RemoteRefund
from commerce.plans.models import Coupon
from tests.fixtures.payment_factory import Shop, make_workshop, reload, sent_kinds
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def plan(north):
    return a_plan(a_course())


@pytest.fixture
def paid(shop: Shop, learner, plan) -> Order:
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    return shop.refresh_payment(order)


def sent_back(order):
    return gateway.current().read(order.attempts.get(status="confirmed").reference).refunded_minor


def give_back(order, by, **options):
    return actions.refund_order(
        order=order, by=by, refund_input=RefundInput(reason="asked for it", **options), now=clock.now()
    )


def _refund_mail():
    return compose(Delivery.objects.get(kind="order_refunded"))[1]


def test_all_of_it_goes_back_and_access_ends(paid, learner, finance, plan):
    refund = give_back(paid, finance)

    assert (refund.status, refund.amount_minor, refund.by) == (Refund.Status.DONE, 4900, finance)
    assert reload(paid).status == Order.Status.REFUNDED
    assert sent_back(paid) == 4900
    assert not access.is_entitled(learner, plan.courses.get().translation_key)
    assert Enrolment.objects.get().status == Enrolment.Status.CANCELLED
    assert sent_kinds(learner) == ["order_paid", "order_refunded"]
    assert "The academy writes: asked for it" in _refund_mail()
    assert invariants.violations(now=clock.now()) == []


def test_a_part_of_it_goes_back_and_access_stays(paid, learner, finance, plan):
    refund = give_back(paid, finance, amount_minor=1000)

    assert refund.entitlements == Refund.Entitlements.KEEP
    assert reload(paid).status == Order.Status.PARTIALLY_REFUNDED
    assert access.is_entitled(learner, plan.courses.get().translation_key)
    assert Delivery.objects.get(kind="order_refunded").context["total"] == "£10"


def test_parts_that_make_the_whole_end_access(paid, learner, finance, plan):
    give_back(paid, finance, amount_minor=4899)
    give_back(paid, finance)

    assert reload(paid).status == Order.Status.REFUNDED
    assert not access.is_entitled(learner, plan.courses.get().translation_key)


@pytest.mark.parametrize("kind", ["keep", "cancel_at_period_end"])
def test_access_stays_where_finance_says_so(paid, learner, finance, plan, kind):
    give_back(paid, finance, entitlements=kind)

    assert reload(paid).status == Order.Status.REFUNDED
    assert access.is_entitled(learner, plan.courses.get().translation_key)


def test_access_that_something_else_gives_stays(paid, learner, finance, plan):
    key = plan.courses.get().translation_key
    now = clock.now()
    enrolments.grant(person=learner, course_key=key, source="staff:1", starts_at=now, ends_at=None, now=now)

    give_back(paid, finance)

    assert access.is_entitled(learner, key)
    assert Enrolment.objects.get().status == Enrolment.Status.ACTIVE


def test_one_order_line_is_refunded_at_its_price_after_discount_with_its_seat(shop: Shop, learner, finance, plan):
    Coupon.objects.create(code="TENTH", percent=Decimal(10))
    order, attempt = shop.buy(learner, plan.slug, offering=make_workshop(), coupon="TENTH")
    shop.pay(attempt)
    shop.refresh_payment(order)
    seat = order.lines.get(plan=None)

    refund = give_back(order, finance, lines=[seat.pk])

    assert (refund.amount_minor, refund.lines) == (3150, [str(seat.pk)])
    assert reload(order).status == Order.Status.PARTIALLY_REFUNDED
    assert Registration.objects.get().status == Registration.Status.CANCELLED
    assert access.is_entitled(learner, plan.courses.get().translation_key)


def test_a_refunded_order_line_is_not_refunded_again_at_the_cost_of_the_others(shop: Shop, learner, finance, plan):
    order, attempt = shop.buy(learner, plan.slug, offering=make_workshop())
    shop.pay(attempt)
    shop.refresh_payment(order)
    seat = order.lines.get(plan=None)
    give_back(order, finance, lines=[seat.pk])

    with pytest.raises(refusals.LineAlreadyRefunded):
        give_back(order, finance, lines=[seat.pk])

    assert sent_back(order) == 3500
    assert give_back(order, finance, lines=[seat.pk], amount_minor=100).amount_minor == 100


def test_a_form_that_is_sent_twice_gives_back_once(paid, finance):
    refund_id = uuid.uuid4()

    first, second = (give_back(paid, finance, amount_minor=1000, refund_id=refund_id) for _ in range(2))

    assert first.pk == second.pk == refund_id
    assert sent_back(paid) == Refund.objects.get().amount_minor == 1000


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"amount_minor": 4901}, refusals.RefundTooLarge),
        ({"amount_minor": 0}, Invalid),
        ({"amount_minor": -5}, Invalid),
        ({"lines": [uuid.uuid4()]}, Invalid),
    ],
)
def test_more_than_was_paid_or_nothing_does_not_go_back(paid, finance, options, refusal):
    with pytest.raises(refusal):
        give_back(paid, finance, **options)

    assert not Refund.objects.exists()
    assert give_back(paid, finance, amount_minor=4900).status == Refund.Status.DONE


def test_what_has_gone_back_does_not_go_back_again(paid, finance):
    give_back(paid, finance)

    with pytest.raises(refusals.NothingToRefund):
        give_back(paid, finance)


def test_an_unpaid_or_free_order_has_nothing_to_give_back(shop: Shop, learner, finance, plan):
    pending, _ = shop.buy(learner, plan.slug)
    a_plan(a_course(title="Rye", slug="rye"), slug="free", price_minor=0)
    free, _ = shop.buy(learner, "free")

    for order in (pending, free):
        with pytest.raises(refusals.NothingToRefund):
            give_back(order, finance)


# --- when things break between the steps ----------------------------------------------------------------------------
def test_a_crash_between_the_refund_and_its_record_is_repaired_by_asking_again(paid, finance, monkeypatch):
    def crashes(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(refund_actions, "apply_remote", crashes)
        with pytest.raises(KeyboardInterrupt):
            give_back(paid, finance, amount_minor=1000)
    refund = Refund.objects.get()
    assert (refund.status, refund.reference, sent_back(paid)) == (Refund.Status.CREATED, None, 1000)

    actions.reconcile_payments(now=clock.now() + timedelta(minutes=3))

    refund.refresh_from_db()
    assert refund.status == Refund.Status.DONE
    assert (sent_back(paid), Refund.objects.count()) == (1000, 1)


@pytest.mark.usefixtures("impatient")
def test_while_the_provider_is_away_the_refund_waits_and_is_sent_by_the_outbox(shop: Shop, paid, finance, time_machine):
    shop.standin.faults(fail={"times": 3, "status": 500, "path": "/v1/refunds"})

    waiting = give_back(paid, finance)
    assert (waiting.status, reload(paid).status) == (Refund.Status.CREATED, Order.Status.PAID)
    time_machine.move_to(clock.now() + timedelta(seconds=61))
    outbox.drain()

    assert reload(paid).status == Order.Status.REFUNDED
    assert sent_back(paid) == 4900


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_got_lost_gives_back_once(shop: Shop, paid, finance):
    shop.standin.faults(drop={"times": 3, "path": "/v1/refunds"})

    waiting = give_back(paid, finance, amount_minor=1000)
    actions.send_refund(refund_id=waiting.pk, now=clock.now())

    assert Refund.objects.get().status == Refund.Status.DONE
    assert sent_back(paid) == 1000


def test_a_refund_that_is_too_old_for_its_key_is_looked_for_before_it_is_sent(paid, finance, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(refund_actions, "apply_remote", lambda row, *args, **kwargs: row)
        give_back(paid, finance, amount_minor=1000)
    Refund.objects.update(created_at=clock.now() - timedelta(days=2))
    monkeypatch.setattr(gateway.TransactionGuard, "refund", lambda *args: pytest.fail("it was sent again"))

    actions.send_refund(refund_id=Refund.objects.get().pk, now=clock.now())

    assert Refund.objects.get().status == Refund.Status.DONE


def test_a_refund_that_the_provider_refuses_frees_the_amount_again(shop: Shop, paid, finance):
    reference = paid.attempts.get().payment_reference
    gateway.current().refund(RefundRequest("outside", reference, 4900, "GBP"))

    with pytest.raises(refusals.RefundRefused):
        give_back(paid, finance)

    assert Refund.objects.get().status == Refund.Status.FAILED
    actions.reconcile_payments(now=clock.now(), thorough=True)
    assert reload(paid).status == Order.Status.REFUNDED
    assert sorted(Refund.objects.values_list("status", flat=True)) == ["done", "failed"]


# --- made outside ---------------------------------------------------------------------------------------------------
def test_a_refund_made_at_the_provider_is_recorded_once(shop: Shop, paid, learner, plan):
    reference = paid.attempts.get().payment_reference
    gateway.current().refund(RefundRequest("dashboard", reference, 4900, "GBP", "a call"))

    shop.deliver_webhooks(5)
    for _ in range(3):
        actions.reconcile_payments(now=clock.now(), thorough=True)

    refund = Refund.objects.get()
    assert (refund.status, refund.amount_minor, refund.by) == (Refund.Status.DONE, 4900, None)
    assert reload(paid).status == Order.Status.REFUNDED
    assert not access.is_entitled(learner, plan.courses.get().translation_key)
    assert sent_kinds(learner) == ["order_paid", "order_refunded"]
    assert "The academy writes" not in _refund_mail()


def test_a_part_given_back_at_the_provider_leaves_access(shop: Shop, paid, learner, finance, plan):
    reference = paid.attempts.get().payment_reference
    gateway.current().refund(RefundRequest("dashboard", reference, 900, "GBP"))

    actions.reconcile_payments(now=clock.now(), thorough=True)

    assert reload(paid).status == Order.Status.PARTIALLY_REFUNDED
    assert access.is_entitled(learner, plan.courses.get().translation_key)
    with pytest.raises(refusals.RefundTooLarge):
        give_back(paid, finance, amount_minor=4001)


def test_a_webhook_of_our_own_refund_before_its_response_records_it_once(shop: Shop, paid, finance, monkeypatch):
    record = refund_actions.apply_remote

    def report_first(row, remote, *, now):
        shop.refresh_payment(Order.objects.get(pk=paid.pk))
        seen = gateway.current().read(paid.attempts.get().reference)
        actions.settle(order_id=paid.pk, remote=seen, now=now)
        return record(row, remote, now=now)

    monkeypatch.setattr(refund_actions, "apply_remote", report_first)

    give_back(paid, finance, amount_minor=1000)

    assert Refund.objects.get().status == Refund.Status.DONE
    assert Delivery.objects.filter(kind="order_refunded").count() == 1


def test_a_refund_that_bounces_takes_the_order_back(paid, finance):
    refund = give_back(paid, finance, entitlements="keep")
    bounced = RemoteRefund(refund.reference, RefundState.FAILED, 4900, "GBP", str(refund.pk))
    attempt = paid.attempts.get()

    order = Order.objects.get(pk=paid.pk)
    refund_actions.record_provider_refunds(order, attempt, [bounced], now=clock.now())
    stale = RemoteRefund(refund.reference, RefundState.DONE, 4900, "GBP", str(refund.pk))
    refund_actions.record_provider_refunds(order, attempt, [stale], now=clock.now())

    assert reload(paid).status == Order.Status.PAID
    assert Refund.objects.get().status == Refund.Status.FAILED


def test_who_refunds_is_told_that_one_bounced_after_access_ended(paid, learner, finance, plan):
    refund = give_back(paid, finance)
    bounced = RemoteRefund(refund.reference, RefundState.FAILED, 4900, "GBP", str(refund.pk))

    for _ in range(2):
        refund_actions.record_provider_refunds(reload(paid), paid.attempts.get(), [bounced], now=clock.now())

    context = Delivery.objects.get(kind="refund_failed")
    assert (context.person, context.context["ended"]) == (finance, True)
    assert str(paid.pk) in context.context["path"]
    assert not access.is_entitled(learner, plan.courses.get().translation_key)
    (violation,) = invariants.violations(now=clock.now())
    assert "opens nothing" in violation


def test_the_outbox_is_told_when_the_provider_is_away(shop: Shop, paid, finance, monkeypatch):
    waiting = refund_actions.refund_unfulfillable(reload(paid), paid.attempts.get(), reason="test", now=clock.now())

    def away(*args):
        raise GatewayUnavailable()

    monkeypatch.setattr(gateway.TransactionGuard, "refund", away)

    with pytest.raises(GatewayUnavailable):
        actions.send_refund(refund_id=waiting.pk, now=clock.now())


def test_finance_may_refund_their_own_seat_also_when_the_date_has_begun(shop: Shop, finance):
    offering = make_workshop()
    order, attempt = shop.buy(finance, offering=offering)
    shop.pay(attempt)
    shop.refresh_payment(order)
    Offering.objects.update(starts_at=clock.now() - timedelta(hours=1))

    refund = give_back(order, finance)

    assert refund.status == Refund.Status.DONE
    assert Registration.objects.get().status == Registration.Status.CANCELLED
