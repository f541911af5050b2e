"""Translation of Stripe's resources into the gateway's types."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commerce.gateways.stripe import translate
from commerce.gateways.stripe.amounts import from_stripe, stripe_digits, to_stripe
from commerce.gateways.types import Line, PaymentState
from tests.commerce.gateways.conftest import session_request


@pytest.mark.parametrize(
    ("status", "payment_status", "intent", "state"),
    [
        ("open", "unpaid", None, PaymentState.OPEN),
        ("open", "unpaid", {"id": "pi_1", "status": "requires_payment_method"}, PaymentState.OPEN),
        ("expired", "unpaid", None, PaymentState.EXPIRED),
        ("complete", "paid", "pi_1", PaymentState.PAID),
        ("complete", "no_payment_required", None, PaymentState.PAID),
        ("complete", "unpaid", {"id": "pi_1", "status": "processing"}, PaymentState.PROCESSING),
        ("complete", "unpaid", {"id": "pi_1", "status": "requires_payment_method"}, PaymentState.FAILED),
        ("complete", "unpaid", {"id": "pi_1", "status": "canceled"}, PaymentState.FAILED),
        ("complete", "unpaid", "pi_1", PaymentState.PROCESSING),
    ],
)
def test_a_session_is_in_one_state(status: str, payment_status: str, intent: Any, state: PaymentState) -> None:
    session = {"id": "cs_1", "currency": "gbp", "amount_total": 4900, "status": status, "payment_intent": intent}

    payment = translate.payment(session | {"payment_status": payment_status})

    assert payment.state == state
    assert (payment.attempt_id, payment.order_id) == (None, None)


@pytest.mark.parametrize(
    ("requested", "allowed"),
    [
        (timedelta(minutes=5), timedelta(minutes=35)),
        (timedelta(hours=2), timedelta(hours=2)),
        (timedelta(days=9), timedelta(hours=23, minutes=55)),
    ],
)
def test_a_page_expires_when_stripe_allows(requested: timedelta, allowed: timedelta) -> None:
    opened = datetime(2026, 3, 1, 12, tzinfo=UTC)

    params = translate.session_params(session_request(opened_at=opened, expires_at=opened + requested))

    assert params["expires_at"] == int((opened + allowed).timestamp())


def test_more_order_lines_than_stripe_takes_become_one() -> None:
    many = tuple(Line(f"Seat {number}", 1, 100) for number in range(101))

    params = translate.session_params(session_request(lines=many, total_minor=10100))

    (line,) = params["line_items"]
    assert line["price_data"]["unit_amount"] == 10100
    assert line["price_data"]["product_data"]["name"] == "Order NL-1001"


@pytest.mark.parametrize("currency", ["GBP", "JPY", "ISK", "UGX", "MGA", "KWD"])
def test_amounts_come_back_as_they_went(currency: str) -> None:
    assert from_stripe(to_stripe(500, currency), currency) == 500
    assert stripe_digits(currency) in (0, 2, 3)


@pytest.mark.parametrize(("amount", "currency"), [(1234, "KWD"), (1234, "MGA")])
def test_amounts_that_cannot_be_charged_are_not_rounded(amount: int, currency: str) -> None:
    with pytest.raises(ValueError, match=currency):
        to_stripe(amount, currency)
