"""Bank transfer and cash: what people record, and how often."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from academies.journal.models import Entry
from commerce.gateways.manual.adapter import ManualGateway
from commerce.gateways.manual.models import ManualPayment, ManualRefund, ManualSettings
from commerce.gateways.port import GatewayRefused, RecordsByHand
from commerce.gateways.types import PaymentState, RefundRequest, RefundState
from tests.commerce.gateways.conftest import session_request


@pytest.fixture
def manual(north) -> ManualGateway:
    ManualSettings.objects.create(instructions=" Northlight, IBAN GB33 BUKB 2020 1555 5555 55\n", pay_within_days=10)
    return ManualGateway()


def refund_of(reference: str, amount: int) -> RefundRequest:
    return RefundRequest(str(uuid.uuid4()), reference, amount, "GBP", "The class was cancelled.")


def test_a_session_has_the_instructions_and_days_to_pay(manual):
    now = datetime.now(UTC)

    session = manual.open_session(session_request(opened_at=now))

    assert isinstance(manual, RecordsByHand)
    assert session.instructions == "Northlight, IBAN GB33 BUKB 2020 1555 5555 55"
    assert session.url == "https://north.example/checkout/orders/1/"
    assert session.expires_at == now + timedelta(days=10)


@pytest.mark.parametrize(
    ("starts_in", "waits"), [(timedelta(days=3), timedelta(days=3)), (timedelta(0), timedelta(hours=1))]
)
def test_a_seat_is_not_held_beyond_its_start_nor_for_less_than_the_order(manual, starts_in, waits):
    now = datetime.now(UTC)

    session = manual.open_session(
        session_request(opened_at=now, expires_at=now + timedelta(hours=1), starts_at=now + starts_in)
    )

    assert session.expires_at == now + waits


def test_without_instructions_nothing_is_sold(manual):
    ManualSettings.objects.update(instructions="  ")

    with pytest.raises(GatewayRefused) as refused:
        manual.open_session(session_request())

    assert refused.value.code == "not_configured"


@pytest.mark.parametrize("expired", [False, True])
def test_a_recorded_payment_is_paid_with_who_when_and_which_reference(manual, finance, expired):
    session = manual.open_session(session_request())
    if expired:
        # A transfer can't be stopped.
        manual.expire(session.reference)

    paid = manual.record_payment(session.reference, received_as="FT-1", by=finance)
    again = manual.record_payment(session.reference, received_as="FT-1", by=finance)

    assert paid == again == manual.read(session.reference) == manual.read("FT-1")
    assert (paid.state, paid.payment_reference) == (PaymentState.PAID, "FT-1")
    row = ManualPayment.objects.get()
    assert (row.recorded_by, row.recorded_at is not None) == (finance, True)
    assert manual.expire(session.reference).state == PaymentState.PAID
    entry = Entry.objects.get(verb="manual_payments.payment_paid")
    assert (entry.by, entry.details["reference"]) == (finance, "FT-1")


def test_another_reference_for_the_same_payment_is_refused(manual, finance):
    session = manual.open_session(session_request())
    manual.record_payment(session.reference, received_as="FT-1", by=finance)

    with pytest.raises(GatewayRefused) as refused:
        manual.record_payment(session.reference, received_as="FT-2", by=finance)

    assert refused.value.code == "already_recorded"


def test_one_transfer_pays_one_order(manual, finance):
    first, second = (manual.open_session(session_request()) for _ in range(2))
    manual.record_payment(first.reference, received_as="FT-1", by=finance)

    with pytest.raises(GatewayRefused) as refused:
        manual.record_payment(second.reference, received_as="FT-1", by=finance)

    assert refused.value.code == "reference_used"
    assert manual.read(second.reference).state == PaymentState.OPEN


def test_a_refund_is_pending_until_it_is_paid_out(manual, finance):
    session = manual.open_session(session_request())
    manual.record_payment(session.reference, received_as="FT-1", by=finance)
    request = refund_of("FT-1", 1000)

    pending, repeated = manual.refund(request), manual.refund(request)
    done = manual.record_refund(request.refund_id, sent_as="OUT-1", by=finance)
    again = manual.record_refund(request.refund_id, sent_as="OUT-1", by=finance)

    assert pending == repeated
    assert (pending.state, pending.reference, pending.refund_id) == (RefundState.PENDING, "", request.refund_id)
    assert (done.state, done.reference, done.amount_minor) == (RefundState.DONE, "OUT-1", 1000)
    assert again == done
    assert manual.read("FT-1").refunds == (done,)
    assert ManualRefund.objects.get().recorded_by == finance


def test_no_more_is_refunded_than_was_paid(manual, finance):
    session = manual.open_session(session_request())
    manual.record_payment(session.reference, received_as="FT-1", by=finance)
    manual.refund(refund_of("FT-1", 1000))

    with pytest.raises(GatewayRefused) as refused:
        manual.refund(refund_of("FT-1", 3901))

    assert refused.value.code == "over_refund"
    assert manual.refund(refund_of("FT-1", 3900)).amount_minor == 3900


def test_a_refund_nobody_asked_for_is_not_recorded(manual, finance):
    with pytest.raises(GatewayRefused) as refused:
        manual.record_refund(str(uuid.uuid4()), sent_as="OUT-1", by=finance)

    assert refused.value.code == "not_found"
