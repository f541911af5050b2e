"""The hosted payment page, seen through the gateway."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from commerce.gateways.port import GatewayRefused
from commerce.gateways.types import Line, PaymentState, RefundRequest, RefundState
from lyceum_dev.standins.stripe.harness import ASKS, DECLINED, StandIn
from tests.commerce.gateways.conftest import Account, new_key, session_request


def test_a_good_card_pays_and_returns(account: Account, standin: StandIn) -> None:
    request = session_request()
    page = account.gateway.open_session(request)

    seen = standin.pay(page.url)

    assert (seen.status, seen.location) == (303, f"https://north.example/done?page={page.reference}")
    payment = account.gateway.read(page.reference)
    assert payment.state == PaymentState.PAID
    assert payment.amount_minor == 4900
    assert account.gateway.read(payment.payment_reference or "") == payment


def test_ten_clicks_at_once_pay_once(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())

    with ThreadPoolExecutor(10) as fingers:
        seen = list(fingers.map(standin.pay, [page.url] * 10))

    assert {response.status for response in seen} == {303}
    assert len(account.client.v1.charges.list().data) == 1


def test_a_second_click_pays_nothing_more(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())
    standin.pay(page.url)

    seen = standin.pay(page.url)

    assert (seen.status, seen.location) == (303, f"https://north.example/done?page={page.reference}")
    assert len(account.client.v1.charges.list().data) == 1
    assert "This is paid" in standin.look(page.url).text


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (DECLINED, "Your card was declined."),
        ("4000000000009995", "insufficient funds"),
        ("4000000000000069", "expired"),
        ("4111111111111111", "not a test card"),
        ("4242424242424241", "incomplete or invalid"),
        ("<script>", "incomplete or invalid"),
        ("", "Enter a card number."),
    ],
)
def test_a_bad_card_stays_on_the_page(account: Account, standin: StandIn, card: str, message: str) -> None:
    page = account.gateway.open_session(session_request())

    seen = standin.pay(page.url, card)

    assert seen.status == 200
    assert message in seen.text
    assert 'role="alert"' in seen.text
    assert "<script>" not in seen.text
    assert account.gateway.read(page.reference).state == PaymentState.OPEN
    assert standin.pay(page.url).status == 303
    assert account.gateway.read(page.reference).state == PaymentState.PAID


def test_a_card_that_asks_pays_once_its_holder_agrees(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())

    challenge = standin.pay(page.url, ASKS)
    before = account.gateway.read(page.reference)
    seen = standin.confirm(page.url)

    assert challenge.status == 200
    assert "3-D Secure" in challenge.text
    assert before.state == PaymentState.OPEN
    assert seen.status == 303
    assert account.gateway.read(page.reference).state == PaymentState.PAID


def test_a_card_whose_holder_refuses_can_be_replaced(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())
    standin.pay(page.url, ASKS)

    refused = standin.confirm(page.url, agreed=False)

    assert refused.status == 200
    assert "unable to authenticate" in refused.text
    assert standin.pay(page.url).status == 303


def test_cancelling_returns_and_leaves_the_page_open(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())

    seen = standin.cancel(page.url)

    assert (seen.status, seen.location) == (303, "https://north.example/basket")
    assert account.gateway.read(page.reference).state == PaymentState.OPEN


def test_expiring_a_paid_page_says_paid(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())
    standin.pay(page.url)

    payment = account.gateway.expire(page.reference)

    assert payment.state == PaymentState.PAID
    assert payment.payment_reference


def test_an_expired_page_takes_no_card(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())
    account.gateway.expire(page.reference)

    seen = standin.pay(page.url)

    assert seen.status == 410
    assert account.gateway.read(page.reference).state == PaymentState.EXPIRED
    assert account.client.v1.charges.list().data == []


def test_the_clock_closes_a_page(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())
    standin.pay(page.url, ASKS)

    standin.advance(3601)

    assert account.gateway.read(page.reference).state == PaymentState.EXPIRED
    assert standin.confirm(page.url).status == 410


def test_refunds_are_seen_with_the_payment(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())
    standin.pay(page.url)
    reference = account.gateway.read(page.reference).payment_reference or ""

    for number in range(12):
        account.gateway.refund(RefundRequest(f"refund-{number}", reference, 100, "GBP", "a slice"))
    payment = account.gateway.read(page.reference)

    assert payment.refunded_minor == 1200
    assert {refund.refund_id for refund in payment.refunds} == {f"refund-{number}" for number in range(12)}
    assert {refund.reason for refund in payment.refunds} == {"a slice"}


@pytest.mark.parametrize(
    ("card", "first", "then", "refunded"),
    [
        ("4000000000007726", RefundState.PENDING, RefundState.DONE, 4900),
        ("4000000000005126", RefundState.DONE, RefundState.FAILED, 0),
    ],
)
def test_a_slow_refund_ends_later(
    account: Account, standin: StandIn, card: str, first: RefundState, then: RefundState, refunded: int
) -> None:
    page = account.gateway.open_session(session_request())
    standin.pay(page.url, card)
    reference = account.gateway.read(page.reference).payment_reference or ""

    refund = account.gateway.refund(RefundRequest("refund-1", reference, 4900, "GBP"))
    standin.advance(61)
    payment = account.gateway.read(page.reference)

    assert refund.state == first
    assert [each.state for each in payment.refunds] == [then]
    assert payment.refunded_minor == refunded


def test_recent_payments_include_old_ones_refunded_lately(account: Account, standin: StandIn) -> None:
    old = account.gateway.open_session(session_request())
    standin.pay(old.url)
    forgotten = account.gateway.open_session(session_request())
    reference = account.gateway.read(old.reference).payment_reference or ""
    standin.advance(5 * 24 * 3600)
    now = datetime.now(UTC) + timedelta(days=5)
    account.gateway.refund(RefundRequest("refund-1", reference, 100, "GBP"))
    new = account.gateway.open_session(session_request(opened_at=now, expires_at=now + timedelta(hours=2)))

    recent = {payment.reference: payment for payment in account.gateway.recent_payments(now - timedelta(hours=1))}

    assert set(recent) == {old.reference, new.reference}
    assert recent[old.reference].refunded_minor == 100
    assert forgotten.reference not in recent


def test_recent_payments_go_on_past_a_hundred(account: Account) -> None:
    for number in range(103):
        account.gateway.open_session(session_request(attempt_id=f"attempt-{number}"))

    recent = list(account.gateway.recent_payments(datetime.now(UTC)))

    assert len({payment.attempt_id for payment in recent}) == 103


@pytest.mark.parametrize(
    ("currency", "minor", "sent"),
    [("JPY", 500, 500), ("ISK", 500, 50000), ("UGX", 500, 50000), ("KWD", 1230, 1230), ("MGA", 500, 5)],
)
def test_currencies_keep_their_own_digits(account: Account, currency: str, minor: int, sent: int) -> None:
    request = session_request(currency=currency, lines=(Line("Course", 1, minor),), total_minor=minor)

    page = account.gateway.open_session(request)

    assert account.client.v1.checkout.sessions.retrieve(page.reference).amount_total == sent
    assert account.gateway.read(page.reference).amount_minor == minor


def test_an_amount_that_a_currency_lacks_is_refused(account: Account) -> None:
    with pytest.raises(GatewayRefused) as refused:
        account.gateway.open_session(
            session_request(currency="KWD", lines=(Line("Course", 1, 1234),), total_minor=1234)
        )

    assert refused.value.code == "amount_not_payable"


def test_one_account_knows_nothing_of_another(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())
    standin.pay(page.url)
    south = Account.at(standin, new_key())

    with pytest.raises(GatewayRefused) as refused:
        south.gateway.read(page.reference)

    assert refused.value.code == "not_found"
    assert list(south.gateway.recent_payments(datetime.now(UTC) - timedelta(days=1))) == []
