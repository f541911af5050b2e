"""What the stand-in and Stripe both hold to. Real test mode runs where STRIPE_TEST_SECRET_KEY is set."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from commerce.gateways.port import GatewayRefused
from commerce.gateways.types import Line, PaymentState, RefundRequest, RefundState
from tests.commerce.gateways.conftest import Account, session_request


def _paid_intent(account: Account, amount: int = 4900) -> str:
    """Pay without a page: the one way that works for both."""
    intent = account.client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "gbp",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    assert intent.status == "succeeded"
    return intent.id


def _refund(intent: str, amount: int, refund_id: str | None = None) -> RefundRequest:
    return RefundRequest(refund_id or str(uuid.uuid4()), intent, amount, "GBP", "the class was cancelled")


def test_a_page_opens_and_is_open(either: Account) -> None:
    request = session_request(lines=(Line("Sourdough", 2, 2000), Line("Banneton", 1, 900)))

    page = either.gateway.open_session(request)
    payment = either.gateway.read(page.reference)

    assert page.url.startswith("http")
    assert payment.state == PaymentState.OPEN
    assert (payment.amount_minor, payment.currency) == (4900, "GBP")
    assert (payment.attempt_id, payment.order_id) == (request.attempt_id, request.order_id)


def test_a_discount_is_charged_to_the_penny(either: Account) -> None:
    request = session_request(lines=(Line("Sourdough", 3, 3333),), total_minor=8888)

    page = either.gateway.open_session(request)

    assert either.gateway.read(page.reference).amount_minor == 8888


def test_a_page_stays_open_for_at_least_half_an_hour(either: Account) -> None:
    now = datetime.now(UTC)

    page = either.gateway.open_session(session_request(opened_at=now, expires_at=now + timedelta(minutes=5)))

    assert page.expires_at >= now + timedelta(minutes=30)


def test_asking_twice_gives_one_page(either: Account) -> None:
    request = session_request()

    first, second = either.gateway.open_session(request), either.gateway.open_session(request)

    assert first == second


def test_the_same_attempt_with_another_amount_is_refused(either: Account) -> None:
    request = session_request()
    either.gateway.open_session(request)

    with pytest.raises(GatewayRefused) as refused:
        either.gateway.open_session(session_request(attempt_id=request.attempt_id, total_minor=4800))

    assert refused.value.code == "idempotency_mismatch"


def test_an_expired_page_says_so_however_often(either: Account) -> None:
    page = either.gateway.open_session(session_request())

    first, second = either.gateway.expire(page.reference), either.gateway.expire(page.reference)

    assert first.state == second.state == PaymentState.EXPIRED


def test_a_page_nobody_opened_is_not_found(either: Account) -> None:
    with pytest.raises(GatewayRefused) as refused:
        either.gateway.read("cs_test_nobody")

    assert refused.value.code == "not_found"


def test_part_of_a_payment_goes_back(either: Account) -> None:
    intent = _paid_intent(either)

    refund = either.gateway.refund(_refund(intent, 1000))

    assert refund.state == RefundState.DONE
    assert (refund.amount_minor, refund.currency) == (1000, "GBP")


def test_the_same_refund_is_given_once(either: Account) -> None:
    request = _refund(_paid_intent(either), 1000)

    first, second = either.gateway.refund(request), either.gateway.refund(request)

    assert first == second
    assert len(either.client.v1.refunds.list({"payment_intent": request.payment_reference}).data) == 1


def test_more_than_was_paid_is_not_given_back(either: Account) -> None:
    intent = _paid_intent(either)
    either.gateway.refund(_refund(intent, 1000))

    with pytest.raises(GatewayRefused) as refused:
        either.gateway.refund(_refund(intent, 3901))
    either.gateway.refund(_refund(intent, 3900))
    with pytest.raises(GatewayRefused) as again:
        either.gateway.refund(_refund(intent, 1))

    assert refused.value.code == again.value.code == "over_refund"


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"mode": "payment", "sucess_url": "https://x.example"}, "parameter_unknown", "sucess_url"),
        (
            {
                "mode": "payment",
                "success_url": "https://x.example",
                "line_items": [{"price_data": {"unit_amount": 4900}}],
            },
            "parameter_missing",
            "line_items[0][price_data][currency]",
        ),
        (
            {
                "mode": "payment",
                "success_url": "https://x.example",
                "line_items": [{"price_data": {"currency": "gbp", "unit_amount": "four"}, "quantity": 1}],
            },
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
    ],
)
def test_a_mistaken_parameter_is_refused_by_name(either: Account, params: Any, code: str, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        either.client.v1.checkout.sessions.create(params)

    assert (refused.value.code, refused.value.param) == (code, param)


def test_a_declined_card_is_an_error_that_keeps_the_intent(either: Account) -> None:
    with pytest.raises(stripe.CardError) as declined:
        either.client.v1.payment_intents.create(
            {
                "amount": 4900,
                "currency": "gbp",
                "payment_method": "pm_card_chargeDeclined",
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )

    error = declined.value.error
    assert error
    assert (error.code, error.decline_code) == ("card_declined", "generic_decline")
    assert error.payment_intent
    assert error.payment_intent.status == "requires_payment_method"


def test_a_wrong_key_is_a_matter_of_configuration(either: Account) -> None:
    stranger = Account.at(either.buyer, "sk_live_nobody" if either.buyer else "sk_test_nobody")

    with pytest.raises(GatewayRefused) as refused:
        stranger.gateway.open_session(session_request())

    assert refused.value.code == "not_configured"


def test_what_was_opened_lately_is_listed(either: Account) -> None:
    page = either.gateway.open_session(session_request())

    recent = either.gateway.recent_payments(datetime.now(UTC) - timedelta(minutes=1))

    assert page.reference in [payment.reference for payment in recent]
