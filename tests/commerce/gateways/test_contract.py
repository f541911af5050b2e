"""The gateway contract that every adapter keeps: Stripe, by its stand-in, and bank transfer.

test_stripe_contract.py has what only Stripe can do, and runs against Stripe's test mode as well.
"""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from commerce.gateways.port import BadSignature, Gateway, GatewayRefused
from commerce.gateways.types import Line, PaymentState, RefundRequest
from tests.commerce.gateways.conftest import session_request


def test_the_adapter_fits_the_port(adapter: Gateway) -> None:
    assert isinstance(adapter, Gateway)


def test_a_session_opens_and_is_open(adapter: Gateway) -> None:
    request = session_request(lines=(Line("Sourdough", 2, 2000), Line("Banneton", 1, 900)))

    session = adapter.open_session(request)
    payment = adapter.read(session.reference)

    assert session.url.startswith("http")
    assert payment.state == PaymentState.OPEN
    assert (payment.amount_minor, payment.currency) == (4900, "GBP")
    assert (payment.attempt_id, payment.order_id) == (request.attempt_id, request.order_id)
    assert payment.refunds == ()


def test_a_session_stays_open_for_at_least_half_an_hour(adapter: Gateway) -> None:
    now = datetime.now(UTC)

    session = adapter.open_session(session_request(opened_at=now, expires_at=now + timedelta(minutes=5)))

    assert session.expires_at >= now + timedelta(minutes=30)


def test_the_same_attempt_gets_the_same_session(adapter: Gateway) -> None:
    request = session_request()

    first, second = adapter.open_session(request), adapter.open_session(request)

    assert first == second


def test_the_same_attempt_with_another_amount_is_refused(adapter: Gateway) -> None:
    request = session_request()
    adapter.open_session(request)

    with pytest.raises(GatewayRefused) as refused:
        adapter.open_session(session_request(attempt_id=request.attempt_id, total_minor=4800))

    assert refused.value.code == "idempotency_mismatch"


def test_an_expired_session_is_expired_however_often_it_is_closed(adapter: Gateway) -> None:
    session = adapter.open_session(session_request())

    first, second = adapter.expire(session.reference), adapter.expire(session.reference)

    assert first.state == second.state == adapter.read(session.reference).state == PaymentState.EXPIRED


@pytest.mark.parametrize("reference", ["cs_test_nobody", str(uuid.UUID(int=7)), ""])
def test_an_unknown_session_is_not_found(adapter: Gateway, reference: str) -> None:
    if not reference and adapter.name == "stripe":
        pytest.skip("the SDK refuses an empty id by itself")
    for call in (adapter.read, adapter.expire):
        with pytest.raises(GatewayRefused) as refused:
            call(reference)
        assert refused.value.code == "not_found"


def test_an_unpaid_session_is_not_refunded(adapter: Gateway) -> None:
    session = adapter.open_session(session_request())

    with pytest.raises(GatewayRefused):
        adapter.refund(RefundRequest(str(uuid.uuid4()), session.reference, 4900, "GBP"))


def test_recent_sessions_are_listed(adapter: Gateway) -> None:
    session = adapter.open_session(session_request())

    recent = adapter.recent_payments(datetime.now(UTC) - timedelta(minutes=1))

    assert session.reference in [payment.reference for payment in recent]


@pytest.mark.parametrize("headers", [{}, {"Stripe-Signature": "t=1,v1=0"}])
def test_an_event_without_a_signature_is_refused(adapter: Gateway, headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        adapter.read_event(headers, b'{"object": "event"}')
