"""Orders paid by bank transfer or in cash, from the instructions to the refund that Finance pays out."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from academies.journal.models import Entry
from academies.kernel import clock
from academies.notifications.models import Delivery
from academies.outbox import actions as outbox
from academies.tenants.context import inside
from commerce.checkout import actions, invariants, queries, refusals
from commerce.checkout.models import Order, PaymentSettings, Refund
from commerce.checkout.types import RefundInput
from commerce.enrolments.models import Entitlement, Registration
from commerce.gateways.manual.models import ManualSettings
from tests.fixtures.concurrency import at_once, people_of
from tests.fixtures.http_client import Visitor
from tests.fixtures.manual_payments import IBAN, buy, record, take_transfers
from tests.fixtures.payment_factory import after_expiry, make_workshop, post_json, reload, sent_kinds
from tests.fixtures.people import make_person
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def transfers(north) -> None:
    """Northlight, paid by bank transfer."""
    take_transfers()


@pytest.fixture
def plan(transfers):
    return a_plan(a_course())


@pytest.fixture
def order(plan, learner) -> Order:
    return buy(learner, plan=plan.slug)


# --- instructions ---------------------------------------------------------------------------------------------------
def test_the_buyer_reads_how_to_pay_on_the_order_and_in_an_email(order, learner):
    attempt = order.attempts.get()
    page = Visitor(learner).ask("get", f"/checkout/orders/{order.pk}/")
    outbox.drain()

    assert (attempt.provider, attempt.status, attempt.instructions) == ("manual", "open", IBAN)
    assert reload(order).expires_at == order.created_at + timedelta(days=10)
    body = page.content.decode()
    assert IBAN in body
    assert f"Order {order.number}" in body
    assert "Pay £49" not in body
    email = Delivery.objects.get(kind="payment_instructions", person=learner)
    assert (email.context["instructions"], email.context["number"]) == (IBAN, order.number)
    assert sent_kinds(learner) == ["payment_instructions"]


def test_the_api_leads_to_the_order(plan, learner):
    payload = post_json(learner, "/api/v1/checkout/", {"items": [{"plan": plan.slug}]}).json()

    assert payload["order"]["status"] == "pending"
    assert payload["payment"]["provider"] == "manual"
    assert payload["payment"]["url"].endswith(f"/checkout/orders/{payload['order']['id']}/")


def test_a_seat_is_held_for_as_long_as_the_order_waits(transfers, learner):
    order = buy(learner, offering=make_workshop())

    seat = Registration.objects.get()

    assert seat.hold_until == reload(order).expires_at + timedelta(minutes=15)
    assert actions.expire_orders(now=clock.now() + timedelta(days=9)) == 0
    assert actions.expire_orders(now=after_expiry(reload(order))) == 1
    assert Registration.objects.get().status == "cancelled"


def test_without_instructions_nothing_can_be_bought(plan, learner):
    ManualSettings.objects.update(instructions="")

    with pytest.raises(refusals.PaymentsNotSetUp):
        buy(learner, plan=plan.slug)

    assert Order.objects.get().status == "cancelled"


# --- mark as paid ---------------------------------------------------------------------------------------------------
def test_a_recorded_payment_fulfils_the_order_and_stays_in_its_history(order, learner, finance):
    assert record(order, finance).status == "paid"
    outbox.drain()

    assert Entitlement.objects.filter(person=learner).exists()
    assert order.attempts.get().payment_reference == "FT-1"
    for subject in (order, order.attempts.get()):
        entry = Entry.objects.get(verb="checkout.payment_recorded", subject_id=str(subject.pk))
        assert (entry.by, entry.details) == (finance, {"reference": "FT-1"})
    assert "order_paid" in sent_kinds(learner)
    assert invariants.violations(now=clock.now()) == []


def test_recording_again_changes_nothing(order, finance):
    record(order, finance)
    entries = Entry.objects.count()

    assert record(order, finance).status == "paid"

    assert Entry.objects.count() == entries


def test_a_payment_is_recorded_with_one_reference_and_a_reference_for_one_payment(order, plan, stranger, finance):
    record(order, finance)
    other = buy(stranger, plan=plan.slug)

    with pytest.raises(refusals.AlreadyRecorded):
        record(order, finance, "FT-2")
    with pytest.raises(refusals.ReferenceUsed):
        record(other, finance)

    assert reload(other).status == "pending"
    assert not Entry.objects.filter(verb="checkout.payment_recorded", subject_id=str(other.pk)).exists()
    assert record(other, finance, "FT-1/2").status == "paid"


def test_a_transfer_that_comes_after_the_order_has_expired_still_buys(order, learner, finance):
    actions.expire_orders(now=after_expiry(reload(order)))

    assert record(reload(order), finance).status == "paid"

    assert Entitlement.objects.filter(person=learner).exists()


def test_a_late_transfer_that_can_buy_nothing_is_to_be_refunded(order, plan, learner, finance):
    actions.expire_orders(now=after_expiry(reload(order)))
    plan.on_sale = False
    plan.save()

    assert record(reload(order), finance).status == "expired"

    refund = Refund.objects.get()
    assert (refund.status, refund.amount_minor) == ("created", order.total_minor)
    assert not Entitlement.objects.filter(person=learner).exists()


def test_reconciling_leaves_an_order_alone_until_its_payment_is_recorded(order, finance):
    later = clock.now() + timedelta(hours=3)

    actions.reconcile_payments(now=later, thorough=True)
    assert reload(order).status == "pending"
    record(order, finance)

    assert actions.reconcile_payments(now=later, thorough=True) == 0
    assert reload(order).status == "paid"


# --- the admin ------------------------------------------------------------------------------------------------------
def admin_of(person, row, act: str) -> tuple[Client, str]:
    client = Client(headers={"host": "north.localhost"})
    client.force_login(person)
    return client, reverse(f"{row._meta.label_lower.replace('.', '_')}_modeladmin_{act}", args=[row.pk])


def test_finance_marks_an_order_as_paid_and_nobody_else(order, finance, desk, editor, learner):
    for person in (desk, editor, learner):
        client, address = admin_of(person, order, "mark_paid")
        assert client.post(address, {"reference": "FT-1"}).status_code in (302, 403)
        assert reload(order).status == "pending"

    client, address = admin_of(finance, order, "mark_paid")
    assert "Mark as paid" in client.get(reverse("checkout_order_modeladmin_index")).content.decode()
    page = client.get(address).content.decode()
    assert "£49.00" in page
    assert client.post(address, {"reference": ""}).status_code == 200
    assert reload(order).status == "pending"

    assert client.post(address, {"reference": " FT-1 "}).status_code == 302
    assert client.post(address, {"reference": "FT-1"}).status_code == 302

    assert reload(order).status == "paid"
    assert "Mark as paid" not in client.get(reverse("checkout_order_modeladmin_index")).content.decode()
    assert "already" in client.post(address, {"reference": "FT-9"}).content.decode()


def test_an_order_of_another_academy_is_not_found(order, south):
    with inside("south"):
        foreign_staff = make_person("Frida Foreign", "Finance")
    client = Client(headers={"host": "south.localhost"})
    with inside("south"):
        client.force_login(foreign_staff)
    address = reverse("checkout_order_modeladmin_mark_paid", args=[order.pk])

    assert client.post(address, {"reference": "FT-1"}).status_code == 404

    with inside("north"):
        assert reload(order).status == "pending"


def test_finance_chooses_the_provider_and_writes_the_instructions(north, finance, desk):
    for model in (PaymentSettings, ManualSettings):
        pk = model.load().pk
        address = reverse("wagtailsettings:edit", args=[model._meta.app_label, model._meta.model_name, pk])
        fields = {"provider": "manual", "instructions": IBAN, "pay_within_days": "7"}
        client = Client(headers={"host": "north.localhost"})
        client.force_login(desk)
        assert client.post(address, fields).status_code in (302, 403)
        client.force_login(finance)
        assert client.post(address, fields).status_code == 302

    assert (queries.current_provider(), queries.takes_payments()) == ("manual", True)
    assert ManualSettings.objects.get().pay_within_days == 7


def test_an_academy_without_an_account_cannot_choose_its_provider(north, finance):
    client = Client(headers={"host": "north.localhost"})
    client.force_login(finance)
    address = reverse("wagtailsettings:edit", args=["checkout", "paymentsettings", PaymentSettings.load().pk])

    page = client.post(address, {"provider": "stripe"})

    assert page.status_code == 200
    assert "connect_payments" in page.content.decode()


# --- refunds --------------------------------------------------------------------------------------------------------
@pytest.fixture
def refund(order, finance) -> Refund:
    record(order, finance)
    refund_input = RefundInput(reason="As agreed.", amount_minor=4900)
    return actions.refund_order(order=order, by=finance, refund_input=refund_input, now=clock.now())


def test_a_refund_waits_until_it_is_paid_out(refund, order, learner, finance):
    assert (refund.status, reload(order).status) == ("created", "paid")
    assert Entitlement.objects.live(clock.now()).filter(person=learner).exists()
    assert invariants.violations(now=clock.now() + timedelta(days=3)) == []

    done = actions.record_refund(refund=refund, reference="OUT-1", by=finance, now=clock.now())
    outbox.drain()

    assert (done.status, done.reference, reload(order).status) == ("done", "OUT-1", "refunded")
    assert not Entitlement.objects.live(clock.now()).filter(person=learner).exists()
    entry = Entry.objects.get(verb="checkout.refund_recorded")
    assert (entry.by, entry.details, entry.subject_id) == (finance, {"reference": "OUT-1"}, str(refund.pk))
    assert "order_refunded" in sent_kinds(learner)


def test_recording_a_refund_again_changes_nothing(refund, finance):
    actions.record_refund(refund=refund, reference="OUT-1", by=finance, now=clock.now())
    entries = Entry.objects.count()

    actions.record_refund(refund=refund, reference="OUT-1", by=finance, now=clock.now())
    with pytest.raises(refusals.AlreadyRecorded):
        actions.record_refund(refund=refund, reference="OUT-2", by=finance, now=clock.now())

    assert Entry.objects.count() == entries


def test_finance_marks_a_refund_as_paid_out_and_nobody_else(refund, finance, desk):
    client, address = admin_of(desk, refund, "mark_paid_out")
    assert client.post(address, {"reference": "OUT-1"}).status_code in (302, 403)
    refund.refresh_from_db()
    assert refund.status == "created"

    client, address = admin_of(finance, refund, "mark_paid_out")
    assert client.post(address, {"reference": "OUT-1"}).status_code == 302

    refund.refresh_from_db()
    assert refund.status == "done"


# --- at once --------------------------------------------------------------------------------------------------------
@pytest.mark.threads
def test_marked_as_paid_many_times_at_once_is_paid_once(committed_academy):
    take_transfers()
    buyer, clerk = people_of(committed_academy, 2)
    order = buy(buyer, plan=a_plan(a_course()).slug)

    results = at_once(8, lambda number: record(order, clerk, f"FT-{number % 2}").status)

    paid = [result for result in results if result == "paid"]
    refused = [result for result in results if isinstance(result, refusals.AlreadyRecorded)]
    assert (len(paid), len(refused)) == (4, 4)
    assert Entry.objects.filter(verb="checkout.payment_recorded", subject_id=str(order.pk)).count() == 1
    assert Entry.objects.filter(verb="checkout.order_paid").count() == 1


@pytest.mark.threads
def test_one_reference_recorded_for_two_orders_at_once_pays_one(committed_academy):
    take_transfers()
    plan = a_plan(a_course())
    *buyers, clerk = people_of(committed_academy, 3)
    orders = [buy(buyer, plan=plan.slug) for buyer in buyers]

    results = at_once(2, lambda number: record(orders[number], clerk).status)

    assert [result for result in results if result == "paid"] == ["paid"]
    assert [type(result) for result in results if result != "paid"] == [refusals.ReferenceUsed]
    assert sorted(Order.objects.values_list("status", flat=True)) == ["paid", "pending"]
