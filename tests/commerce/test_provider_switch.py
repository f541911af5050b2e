"""An academy changes its payment provider: older orders keep theirs."""

from datetime import timedelta

import pytest
from django.test import Client

from academies.kernel import clock
from commerce.checkout import actions, gateway, queries, refusals
from commerce.checkout.models import PaymentAttempt, PaymentSettings
from commerce.checkout.types import RefundInput
from tests.fixtures.manual_payments import IBAN, buy, record, take_transfers
from tests.fixtures.payment_factory import assert_problem, reload
from tests.fixtures.product_factory import a_course, a_plan


def test_orders_of_the_former_provider_are_settled_reconciled_and_refunded_there(shop, learner, stranger, finance):
    plan = a_plan(a_course())
    settled, attempt = shop.buy(learner, plan.slug)
    reconciled, other = shop.buy(stranger, plan.slug)
    take_transfers()
    shop.pay(attempt)
    shop.pay(other)

    shop.deliver_webhooks(3)
    PaymentAttempt.objects.filter(pk=other.pk, status="open").update(created_at=clock.now() - timedelta(minutes=5))
    actions.reconcile_payments(now=clock.now() + timedelta(minutes=2))
    refund = actions.refund_order(
        order=reload(settled), by=finance, refund_input=RefundInput(amount_minor=900), now=clock.now()
    )

    assert (reload(settled).status, reload(reconciled).status) == ("partially_refunded", "paid")
    assert (refund.status, refund.attempt.provider) == ("done", "stripe")
    assert gateway.named("stripe").read(attempt.reference or "").refunded_minor == 900
    assert gateway.current().name == "manual"


def test_a_session_that_is_open_keeps_its_provider_and_a_new_one_gets_the_present(shop, learner):
    order, attempt = shop.buy(learner, a_plan(a_course()).slug)
    take_transfers()

    assert actions.open_session(order=order, now=clock.now()).pk == attempt.pk
    gateway.named("stripe").expire(attempt.reference or "")
    shop.refresh_payment(order)
    newer = actions.open_session(order=order, now=clock.now())

    assert (newer.provider, newer.instructions) == ("manual", IBAN)


def test_orders_awaiting_a_transfer_are_recorded_and_refunded_after_a_change(shop, learner, finance):
    take_transfers()
    order = buy(learner, plan=a_plan(a_course()).slug)
    PaymentSettings.objects.update(provider="stripe")

    assert record(order, finance).status == "paid"
    refund = actions.refund_order(order=order, by=finance, refund_input=RefundInput(), now=clock.now())
    done = actions.record_refund(refund=refund, reference="OUT-1", by=finance, now=clock.now())

    assert (refund.status, done.status, reload(order).status) == ("created", "done", "refunded")
    assert gateway.current().name == "stripe"


def test_a_payment_that_the_provider_reports_itself_is_not_recorded_by_hand(shop, learner, finance):
    order, _attempt = shop.buy(learner, a_plan(a_course()).slug)

    with pytest.raises(refusals.NotRecordedByHand):
        record(order, finance)

    assert not queries.can_be_recorded(order)


@pytest.mark.parametrize(("provider", "status"), [("stripe", 400), ("manual", 404), ("nobody", 404)])
def test_webhooks_of_a_provider_that_sends_none_are_not_found(shop, provider, status):
    take_transfers()

    response = Client(headers={"host": shop.host}).post(f"/hooks/{provider}/", b"{}", content_type="application/json")

    assert_problem(response, status, "bad_signature" if status == 400 else "not_found")
