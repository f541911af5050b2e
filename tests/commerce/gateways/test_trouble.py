"""The provider is slow, down, or closes the connection after acting."""

import threading
from typing import Any

import pytest
import stripe

from commerce.gateways.port import GatewayRefused, GatewayUnavailable
from commerce.gateways.providers import build_gateway
from commerce.gateways.types import RefundRequest
from lyceum_dev.standins.stripe.harness import StandIn
from tests.commerce.gateways.conftest import STRIPE, Account, session_request


def _paid(account: Account, standin: StandIn) -> str:
    page = account.gateway.open_session(session_request())
    standin.pay(page.url)
    return account.gateway.read(page.reference).payment_reference or ""


@pytest.mark.usefixtures("impatient")
def test_an_answer_lost_on_the_way_opens_one_page(account: Account, standin: StandIn) -> None:
    standin.faults(drop={"times": 1, "method": "POST"})

    page = account.gateway.open_session(session_request())

    assert [session.id for session in account.client.v1.checkout.sessions.list().data] == [page.reference]


@pytest.mark.usefixtures("impatient")
def test_a_refund_whose_answers_were_all_lost_is_given_once(account: Account, standin: StandIn) -> None:
    request = RefundRequest("refund-1", _paid(account, standin), 1000, "GBP")
    standin.faults(drop={"times": 3, "path": "/v1/refunds"})

    with pytest.raises(GatewayUnavailable):
        account.gateway.refund(request)
    refund = account.gateway.refund(request)

    refunds = account.client.v1.refunds.list().data
    assert [each.id for each in refunds] == [refund.reference]


@pytest.mark.usefixtures("impatient")
def test_a_passing_failure_goes_unnoticed(account: Account, standin: StandIn) -> None:
    standin.faults(fail={"times": 2, "status": 500})

    page = account.gateway.open_session(session_request())

    assert account.gateway.read(page.reference).reference == page.reference


@pytest.mark.usefixtures("impatient")
def test_a_lasting_failure_says_try_later(account: Account, standin: StandIn) -> None:
    standin.faults(fail={"times": 9, "status": 503})

    with pytest.raises(GatewayUnavailable) as unavailable:
        account.gateway.open_session(session_request())

    assert unavailable.value.retry_after >= 1


def test_too_many_requests_say_when_to_come_back(account: Account, standin: StandIn) -> None:
    standin.faults(fail={"times": 1, "status": 429, "retry_after": 7})

    with pytest.raises(GatewayUnavailable) as unavailable:
        account.gateway.open_session(session_request())

    assert unavailable.value.retry_after == 7


def test_nobody_there_is_unavailable() -> None:
    nobody = build_gateway(STRIPE, secret_key="sk_test_north", api_base="http://127.0.0.1:1", max_network_retries=0)

    with pytest.raises(GatewayUnavailable):
        nobody.open_session(session_request())


def test_a_slow_provider_is_not_waited_for(account: Account, standin: StandIn) -> None:
    hasty = Account.at(standin, account.key, timeout=0.2, max_network_retries=0)
    standin.faults(delay_seconds=0.5)

    with pytest.raises(GatewayUnavailable):
        hasty.gateway.open_session(session_request())


def test_the_same_key_twice_at_once_clashes(account: Account, standin: StandIn) -> None:
    standin.faults(delay_seconds=0.3)
    params: Any = {"amount": 4900, "currency": "gbp"}
    outcomes: list[str] = []

    def ask() -> None:
        try:
            account.client.v1.payment_intents.create(params, {"idempotency_key": "one"})
            outcomes.append("made")
        except stripe.APIError as error:
            outcomes.append(f"{error.http_status} {error.error and error.error.code}")

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()

    assert sorted(outcomes) == ["409 idempotency_key_in_use", "made"]
    assert len(account.client.v1.payment_intents.list().data) == 1


def test_a_replayed_answer_says_so(account: Account) -> None:
    options: Any = {"idempotency_key": "one"}
    params: Any = {"amount": 4900, "currency": "gbp"}

    first = account.client.v1.payment_intents.create(params, options)
    second = account.client.v1.payment_intents.create(params, options)

    assert first.id == second.id
    assert first.last_response
    assert second.last_response
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert second.last_response.headers["Idempotent-Replayed"] == "true"


def test_a_key_is_forgotten_after_a_day(account: Account, standin: StandIn) -> None:
    options: Any = {"idempotency_key": "one"}
    params: Any = {"amount": 4900, "currency": "gbp"}
    first = account.client.v1.payment_intents.create(params, options)

    standin.advance(24 * 3600 + 1)
    second = account.client.v1.payment_intents.create(params, options)

    assert first.id != second.id


def test_parameters_that_fail_are_not_remembered(account: Account) -> None:
    options: Any = {"idempotency_key": "one"}
    wrong: Any = {"amount": "many", "currency": "gbp"}
    right: Any = {"amount": 4900, "currency": "gbp"}
    with pytest.raises(stripe.InvalidRequestError):
        account.client.v1.payment_intents.create(wrong, options)

    intent = account.client.v1.payment_intents.create(right, options)

    assert intent.amount == 4900


def test_a_page_that_would_charge_something_else_is_closed(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    from commerce.gateways.stripe import translate

    monkeypatch.setattr(translate, "to_stripe", lambda amount, currency: amount + 1)

    with pytest.raises(GatewayRefused) as refused:
        account.gateway.open_session(session_request())

    assert refused.value.code == "total_mismatch"
    assert [session.status for session in account.client.v1.checkout.sessions.list().data] == ["expired"]
