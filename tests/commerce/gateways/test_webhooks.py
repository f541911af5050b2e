"""Webhooks from the provider: signed, verified, repeated, out of order."""

import json
import time
from typing import Any

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.gateways.port import BadSignature
from commerce.gateways.providers import build_gateway
from commerce.gateways.types import RefundRequest
from lyceum_dev.standins.stripe.harness import DECLINED, StandIn
from lyceum_dev.standins.stripe.webhook_sender import signature
from tests.commerce.gateways.conftest import STRIPE, Account, session_request
from tests.fixtures.webhook_receiver import Receiver, wait_until

SECRET = "whsec_north"
LISTENER = build_gateway(STRIPE, secret_key="sk_test_north", webhook_secret=SECRET)


def _signed(body: bytes, at: float | None = None, secret: str = SECRET) -> str:
    return signature(secret, body.decode("utf-8", "replace"), int(time.time() if at is None else at))


def _event(**changes: Any) -> bytes:
    session = {"object": "checkout.session", "id": "cs_test_1", "payment_intent": "pi_1", "client_reference_id": "a1"}
    usual: dict[str, Any] = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "created": 1_800_000_000,
        "livemode": False,
        "data": {"object": session},
    }
    return json.dumps(usual | changes).encode()


def test_a_signed_event_is_read() -> None:
    body = _event()

    event = LISTENER.read_event({"Stripe-Signature": _signed(body)}, body)

    assert (event.id, event.kind) == ("evt_1", "checkout.session.completed")
    assert (event.reference, event.payment_reference) == ("cs_test_1", "pi_1")
    assert (event.attempt_id, event.created_at.year) == ("a1", 2027)


@pytest.mark.parametrize(
    ("subject", "session", "intent", "attempt"),
    [
        ({"object": "payment_intent", "id": "pi_1", "metadata": {"attempt_id": "a1"}}, None, "pi_1", "a1"),
        ({"object": "charge", "id": "ch_1", "payment_intent": {"id": "pi_1"}, "metadata": {}}, None, "pi_1", None),
        ({"object": "refund", "id": "re_1", "payment_intent": None, "metadata": None}, None, None, None),
    ],
)
def test_an_event_names_what_it_is_about(
    subject: Any, session: str | None, intent: str | None, attempt: str | None
) -> None:
    body = _event(data={"object": subject})

    event = LISTENER.read_event({"Stripe-Signature": _signed(body)}, body)

    assert (event.reference, event.payment_reference, event.attempt_id) == (session, intent, attempt)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda body: "", id="none"),
        pytest.param(lambda body: "t=,v1=", id="empty"),
        pytest.param(lambda body: "v1=0,t=é", id="no time"),
        pytest.param(lambda body: _signed(body, secret="whsec_other"), id="another secret"),
        pytest.param(lambda body: _signed(body + b" "), id="another body"),
        pytest.param(lambda body: _signed(body).replace("v1=", "v0="), id="another scheme"),
        pytest.param(lambda body: _signed(body, time.time() - 301), id="old"),
        pytest.param(lambda body: f"t={int(time.time())},v1=é", id="not ASCII"),
        pytest.param(lambda body: "t=9" + "9" * 5000 + ",v1=00", id="a very late time"),
    ],
)
def test_a_forged_or_old_event_is_refused(wrong: Any) -> None:
    body = _event()

    assert LISTENER.read_event({"Stripe-Signature": _signed(body, time.time() - 290)}, body)
    with pytest.raises(BadSignature):
        LISTENER.read_event({"Stripe-Signature": wrong(body)}, body)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"0", b'"event"', b"{}", b"\xff\xfe", b"[" * 200_000, b'{"object": "event"}',
        _event(id=None), _event(id=7), _event(type=[]), _event(created="now"), _event(created=10**30),
        _event(created=True), _event(data=None), _event(data=[]), _event(data={"object": "x"}),
    ],
)  # fmt: skip
def test_signed_rubbish_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature):
        LISTENER.read_event({"Stripe-Signature": _signed(body)}, body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(account=_JSON, subject=st.dictionaries(st.sampled_from(["id", "object", "metadata", "payment_intent"]), _JSON))
@settings(max_examples=80, deadline=None)
def test_whatever_an_event_holds_it_is_read_or_refused(account: Any, subject: Any) -> None:
    body = _event(account=account, data={"object": subject})

    event = LISTENER.read_event({"Stripe-Signature": _signed(body)}, body)

    assert isinstance(event.kind, str)


def test_without_a_secret_nothing_is_believed() -> None:
    deaf = build_gateway(STRIPE, secret_key="sk_test_north")
    body = _event()

    with pytest.raises(BadSignature):
        deaf.read_event({"Stripe-Signature": _signed(body, secret="")}, body)


def test_paying_tells_the_academy(webhook_account: Account, standin: StandIn, receiver: Receiver) -> None:
    request = session_request()
    page = webhook_account.gateway.open_session(request)

    standin.pay(page.url)
    wait_until(lambda: len(receiver.webhooks) >= 3)

    events = {
        webhook.parse(webhook_account.gateway).kind: webhook.parse(webhook_account.gateway)
        for webhook in receiver.webhooks
    }
    assert set(events) == {"charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"}
    assert {event.attempt_id for event in events.values()} == {request.attempt_id}
    assert events["checkout.session.completed"].reference == page.reference
    assert events["checkout.session.completed"].payload["data"]["object"]["payment_status"] == "paid"
    assert len({event.payment_reference for event in events.values()}) == 1


def test_other_turns_are_told_too(webhook_account: Account, standin: StandIn, receiver: Receiver) -> None:
    declined, refunded, expired = (webhook_account.gateway.open_session(session_request()) for _ in range(3))
    standin.pay(declined.url, DECLINED)
    standin.pay(refunded.url)
    reference = webhook_account.gateway.read(refunded.reference).payment_reference or ""

    webhook_account.gateway.refund(RefundRequest("refund-1", reference, 100, "GBP"))
    webhook_account.gateway.expire(expired.reference)
    expected = {"payment_intent.payment_failed", "charge.refunded", "refund.created", "checkout.session.expired"}
    wait_until(lambda: expected <= set(receiver.kinds(webhook_account.gateway)))

    about = {
        webhook.parse(webhook_account.gateway).kind: webhook.parse(webhook_account.gateway)
        for webhook in receiver.webhooks
    }
    assert about["charge.refunded"].payment_reference == about["refund.created"].payment_reference == reference


def test_the_clock_tells_of_expiry(webhook_account: Account, standin: StandIn, receiver: Receiver) -> None:
    page = webhook_account.gateway.open_session(session_request())

    standin.advance(3601)
    wait_until(lambda: receiver.kinds(webhook_account.gateway) == ["checkout.session.expired"])

    assert receiver.webhooks[0].parse(webhook_account.gateway).reference == page.reference


def test_an_event_is_repeated_until_somebody_takes_it(
    webhook_account: Account, standin: StandIn, receiver: Receiver
) -> None:
    receiver.statuses = [500, 302, 404]
    webhook_account.gateway.expire(webhook_account.gateway.open_session(session_request()).reference)

    wait_until(lambda: [delivery["state"] for delivery in standin.deliveries()] == ["delivered"])

    assert len(receiver.webhooks) == 4
    assert len({webhook.parse(webhook_account.gateway).id for webhook in receiver.webhooks}) == 1
    assert standin.deliveries()[0]["attempts"] == 4
    assert webhook_account.client.v1.events.list().data[0].pending_webhooks == 0


def test_events_can_come_twice_and_out_of_order(webhook_account: Account, standin: StandIn, receiver: Receiver) -> None:
    standin.webhooks(paused=True, copies=2, order="reversed")
    page = webhook_account.gateway.open_session(session_request())
    standin.pay(page.url)
    time.sleep(0.2)

    assert receiver.webhooks == []
    standin.webhooks(paused=False)
    wait_until(lambda: len(receiver.webhooks) == 6)

    assert receiver.kinds(webhook_account.gateway) == [
        "checkout.session.completed", "checkout.session.completed", "payment_intent.succeeded",
        "payment_intent.succeeded", "charge.succeeded", "charge.succeeded",
    ]  # fmt: skip


def test_an_event_can_be_sent_again(webhook_account: Account, standin: StandIn, receiver: Receiver) -> None:
    webhook_account.gateway.expire(webhook_account.gateway.open_session(session_request()).reference)
    wait_until(lambda: len(receiver.webhooks) == 1)

    standin.redeliver(receiver.webhooks[0].parse(webhook_account.gateway).id)
    wait_until(lambda: len(receiver.webhooks) == 2)

    assert len({webhook.parse(webhook_account.gateway).id for webhook in receiver.webhooks}) == 1


def test_names_under_localhost_are_reached_by_name(account: Account, standin: StandIn, receiver: Receiver) -> None:
    account.gateway.ensure_webhook(receiver.url("north.localhost"))

    account.gateway.expire(account.gateway.open_session(session_request()).reference)
    wait_until(lambda: len(receiver.webhooks) == 1)

    assert receiver.webhooks[0].host == f"north.localhost:{receiver.port}"


def test_a_webhook_registered_anew_replaces_the_old(account: Account, standin: StandIn, receiver: Receiver) -> None:
    first = account.gateway.ensure_webhook(receiver.url())
    second = account.gateway.ensure_webhook(receiver.url())
    listener = build_gateway(STRIPE, secret_key=account.key, webhook_secret=second)

    account.gateway.expire(account.gateway.open_session(session_request()).reference)
    wait_until(lambda: len(receiver.webhooks) == 1)

    assert first != second
    assert receiver.kinds(listener) == ["checkout.session.expired"]


@pytest.mark.parametrize(
    "url",
    ["https://example.com/hook", "http://10.0.0.1/", "http://localhost.example.com/", "http://127.0.0.1.nip.io/", "x"],
)
def test_nobody_else_is_ever_written_to(account: Account, url: str) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        account.client.v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})

    assert account.client.v1.webhook_endpoints.list().data == []
