"""The Stripe stand-in: strict parameters, complete resources."""

import http.client
import json
import typing
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe
from stripe.params import PaymentIntentCreateParams, WebhookEndpointUpdateParams
from stripe.params.checkout import SessionCreateParams

from commerce.gateways.port import Gateway
from commerce.gateways.providers import build_gateway
from commerce.gateways.types import RefundRequest
from lyceum_dev.standins.stripe import form_decoding, params, routes
from lyceum_dev.standins.stripe.errors import ApiError
from lyceum_dev.standins.stripe.harness import DECLINED, StandIn
from tests.commerce.gateways.conftest import STRIPE, Account, session_request


def _call(
    standin: StandIn, method: str, path: str, body: bytes | str = b"", **headers: str
) -> tuple[int, dict[str, Any], dict[str, str]]:
    connection = http.client.HTTPConnection(urlsplit(standin.base_url).netloc, timeout=5)
    sent = {"Authorization": "Bearer sk_test_north"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    connection.request(method, path, body, sent)
    response = connection.getresponse()
    payload = response.read()
    connection.close()
    return response.status, json.loads(payload), dict(response.headers)


def _missing(kind: Any, answer: Any, at: str) -> list[str]:
    """Name the fields of an SDK type that an answer lacks, and those that are null and must not be."""
    missing: list[str] = []
    for name, hint in kind.__annotations__.items():
        if typing.get_origin(hint) is typing.ClassVar or name in (
            "deleted",
            "line_items",
            "refunds",
            "account",
            "context",
        ):
            continue
        parts = typing.get_args(hint)
        if name not in answer or (answer[name] is None and type(None) not in parts):
            if name != "secret":
                missing.append(f"{at}.{name}")
            continue
        for part in (hint, *parts):
            if isinstance(part, type) and issubclass(part, stripe.StripeObject) and isinstance(answer[name], dict):
                required = [
                    field for field, what in part.__annotations__.items() if type(None) not in typing.get_args(what)
                ]
                missing += [f"{at}.{name}.{field}" for field in required if answer[name].get(field) is None]
    return missing


def test_answers_have_every_field_that_the_types_name(account: Account, standin: StandIn) -> None:
    v1 = account.client.v1
    page = account.gateway.open_session(session_request())
    standin.pay(page.url, DECLINED)
    standin.pay(page.url)
    session = v1.checkout.sessions.retrieve(page.reference)
    intent = v1.payment_intents.retrieve(str(session.payment_intent))
    refund = account.gateway.refund(RefundRequest("refund-1", intent.id, 100, "GBP"))
    endpoint = v1.webhook_endpoints.create({"url": "http://127.0.0.1:1/", "enabled_events": ["charge.failed"]})
    line = v1.checkout.sessions.line_items.list(session.id).data[0]

    answers = [
        session,
        intent,
        *v1.charges.list({"payment_intent": intent.id}).data,
        v1.refunds.retrieve(refund.reference),
        *v1.events.list().data,
        endpoint,
        line,
        line.price,
        v1.balance.retrieve(),
    ]
    assert len(answers) > 12
    assert [
        _missing(type(resource), resource.to_dict(), type(resource).__name__) for resource in answers if resource
    ] == [[]] * len(answers)
    assert endpoint.secret
    assert endpoint.secret.startswith("whsec_")
    assert v1.balance.retrieve().available[0].amount == 4800


def test_every_parameter_of_every_address_can_be_checked() -> None:
    def walk(kind: Any, seen: set[Any]) -> None:
        if hasattr(kind, "__required_keys__") and kind not in seen:
            seen.add(kind)
            hints = params.field_hints(kind, params.OPTIONS if kind in tops else frozenset())
            for hint in hints.values():
                walk(hint, seen)
        for part in typing.get_args(kind):
            walk(part, seen)

    tops = set()
    for route in routes.ROUTES:
        module: Any = stripe.params
        for part in route.params.split("."):
            module = getattr(module, part)
        tops.add(module)
    seen: set[Any] = set()
    for top in tops:
        walk(top, seen)

    assert {SessionCreateParams, PaymentIntentCreateParams, WebhookEndpointUpdateParams} <= seen
    assert len(seen) > 200


_LINE = "line_items[0][price_data][currency]=gbp&line_items[0][price_data][unit_amount]=4900&line_items[0][quantity]=1"
_GOOD = f"mode=payment&success_url=https://x.example&{_LINE}&line_items[0][price_data][product_data][name]=Bread"


@pytest.mark.parametrize(
    ("more", "code", "param"),
    [
        ("&idempotency_key=one", "parameter_unknown", "idempotency_key"),
        ("&line_items[0][price_data][product_data][colour]=red", "parameter_unknown", None),
        ("&mode=gift", None, "mode"),
        ("&expires_at=tomorrow", "parameter_invalid_integer", "expires_at"),
        ("&automatic_tax[enabled]=yes", None, "automatic_tax[enabled]"),
        ("&metadata=x", None, "metadata"),
        ("&metadata[a][b]=x", None, "metadata"),
        ("&metadata[" + "k" * 41 + "]=x", None, None),
        ("&line_items[0]=x", None, "line_items[0]"),
        ("&mode[x]=y", None, "mode[x]"),
        ("&[]=x", None, "[]"),
        ("&a" + "[b]" * 20 + "=x", None, None),
        ("&customer_email=nobody", "email_invalid", "customer_email"),
        ("&success_url=javascript:alert(1)", "url_invalid", "success_url"),
        ("&expires_at=1", None, "expires_at"),
        ("&line_items[0][quantity]=0", "parameter_invalid_integer", "line_items[0][quantity]"),
        ("&line_items[0][price_data][unit_amount]=-1", None, "line_items[0][price_data][unit_amount]"),
        ("&line_items[0][price_data][currency]=GBP", None, "line_items[0][price_data][currency]"),
        ("&discounts[0][coupon]=TEN", "standin_unsupported", "discounts"),
        ("&automatic_tax[enabled]=true", "standin_unsupported", "automatic_tax[enabled]"),
        ("&ui_mode=elements", "standin_unsupported", "ui_mode"),
        ("&expand[]=customer.default_source.owner.address.city", None, "expand"),
        ("&expand[]=bread", None, "expand"),
        ("&success_url=%ff", None, None),
    ],
)
def test_what_stripe_would_refuse_is_refused(standin: StandIn, more: str, code: str | None, param: str | None) -> None:
    good, _, _ = _call(standin, "POST", "/v1/checkout/sessions", _GOOD)

    status, answer, _ = _call(standin, "POST", "/v1/checkout/sessions", _GOOD + more)

    assert good == 200
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    assert code in (answer["error"].get("code"), None)
    assert param in (answer["error"].get("param"), None)


def test_a_parameter_that_is_not_there_is_named(standin: StandIn) -> None:
    for name in ("success_url", "line_items[0][quantity]", "line_items[0][price_data][unit_amount]"):
        left = "&".join(part for part in _GOOD.split("&") if not part.startswith(f"{name}="))

        status, answer, _ = _call(standin, "POST", "/v1/checkout/sessions", left)

        assert (status, answer["error"]["code"], answer["error"]["param"]) == (400, "parameter_missing", name)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401), ("Bearer", 401), ("Bearer sk_live_north", 401), ("Bearer pk_test_north", 401), ("Basic ???", 401),
        ("Digest x", 401), ("Basic c2tfdGVzdF9ub3J0aDo=", 200), ("bearer sk_test_north", 200),
    ],
)  # fmt: skip
def test_only_test_keys_open(standin: StandIn, header: str, status: int) -> None:
    got, answer, headers = _call(standin, "GET", "/v1/balance", Authorization=header)

    assert got == status
    assert headers["Request-Id"].startswith("req_")
    assert ("error" in answer) == (status == 401)


def test_what_is_not_done_is_said(standin: StandIn) -> None:
    assert _call(standin, "GET", "/v1/subscriptions")[0] == 404
    assert _call(standin, "PUT", "/v1/balance")[0] == 404
    assert _call(standin, "GET", "/nothing")[0] == 404
    assert _call(standin, "GET", "/v1/balance", Stripe_Account="acct_1")[0] == 403
    assert _call(standin, "POST", "/v1/refunds", "x", Idempotency_Key="k" * 256)[0] == 400
    assert _call(standin, "POST", "/v1/refunds", b"\xff")[0] == 400
    assert _call(standin, "POST", "/v1/refunds", b"", Content_Length=str(1 << 30))[0] == 413
    assert _call(standin, "GET", "/_health")[1]["status"] == "ok"


def test_lists_come_in_pages(account: Account) -> None:
    intents = account.client.v1.payment_intents
    ids = [intents.create({"amount": 100 + number, "currency": "gbp"}).id for number in range(5)][::-1]

    first = intents.list({"limit": 2})
    second = intents.list({"limit": 2, "starting_after": ids[1]})
    back = intents.list({"limit": 2, "ending_before": ids[3]})

    assert [intent.id for intent in first.data] == ids[:2]
    assert first.has_more
    assert [intent.id for intent in second.data] == ids[2:4]
    assert [intent.id for intent in back.data] == ids[1:3]
    assert [intent.id for intent in intents.list({"limit": 2}).auto_paging_iter()] == ids
    for wrong in ({"limit": 0}, {"limit": 101}, {"starting_after": "pi_nobody"}):
        with pytest.raises(stripe.InvalidRequestError):
            intents.list(typing.cast(Any, wrong))


def test_related_objects_come_along_when_asked(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request())
    standin.pay(page.url)

    session = account.client.v1.checkout.sessions.retrieve(
        page.reference, {"expand": ["line_items", "payment_intent.latest_charge", "customer"]}
    )

    answer = session.to_dict()
    assert answer["line_items"]["data"][0]["description"] == "Sourdough from scratch"
    assert answer["payment_intent"]["latest_charge"]["payment_method_details"]["card"]["last4"] == "4242"


def test_intents_are_cancelled_once(account: Account) -> None:
    intents = account.client.v1.payment_intents
    waiting = intents.create({"amount": 100, "currency": "gbp", "payment_method": "pm_card_threeDSecure2Required"})
    asking = intents.confirm(waiting.id)

    cancelled = intents.cancel(asking.id)

    assert (waiting.status, asking.status, cancelled.status) == ("requires_confirmation", "requires_action", "canceled")
    with pytest.raises(stripe.InvalidRequestError):
        intents.cancel(asking.id)
    with pytest.raises(stripe.InvalidRequestError):
        intents.confirm(asking.id)
    with pytest.raises(stripe.InvalidRequestError):
        account.client.v1.refunds.create({"payment_intent": asking.id})


def test_endpoints_are_changed_and_switched_off(account: Account) -> None:
    endpoints = account.client.v1.webhook_endpoints
    endpoint = endpoints.create({"url": "http://127.0.0.1:1/", "enabled_events": ["*"]})

    changed = endpoints.update(endpoint.id, {"url": "http://localhost:1/", "disabled": True})

    assert (changed.url, changed.status) == ("http://localhost:1/", "disabled")
    assert endpoints.retrieve(endpoint.id).url == "http://localhost:1/"
    assert endpoints.delete(endpoint.id).deleted
    with pytest.raises(stripe.InvalidRequestError):
        endpoints.retrieve(endpoint.id)


def test_events_are_read_again_by_kind(account: Account) -> None:
    account.gateway.expire(account.gateway.open_session(session_request()).reference)

    expired = account.client.v1.events.list({"type": "checkout.session.*"}).data

    assert [event.type for event in expired] == ["checkout.session.expired"]
    assert account.client.v1.events.retrieve(expired[0].id).data.object["status"] == "expired"
    assert account.client.v1.events.list({"types": ["charge.failed"]}).data == []


def test_switches_say_what_they_do_not_know(standin: StandIn) -> None:
    for path, body, status in (
        ("faults", b'{"explode": true}', 400),
        ("faults", b'{"fail": {"when": 1}}', 400),
        ("webhooks", b'{"order": "sideways"}', 400),
        ("clock", b'{"advance_seconds": -1}', 400),
        ("clock", b"{", 400),
        ("clock", b"[]", 400),
        ("self_destruct", b"{}", 404),
    ):
        assert _call(standin, "POST", f"/_control/{path}", body, Content_Type="application/json")[0] == status
    assert _call(standin, "POST", "/_control/reset", b"{}", Content_Type="text/plain")[0] == 415
    assert _call(standin, "GET", "/_control/faults")[1]["order"] == "created"
    assert _call(standin, "DELETE", "/_control/faults")[1]["paused"] is False


def test_forms_number_their_lists() -> None:
    assert form_decoding.decode("a[]=1&a[]=2&b[c][d]=3&e=") == {
        "a": {"0": "1", "1": "2"},
        "b": {"c": {"d": "3"}},
        "e": "",
    }
    assert form_decoding.decode("") == {}
    with pytest.raises(ApiError):
        form_decoding.decode("a=1&a[b]=2")


def test_the_adapter_is_a_gateway_and_others_are_not_guessed() -> None:
    assert isinstance(build_gateway(STRIPE, secret_key="sk_test_north"), Gateway)
    for path in ("", "nowhere", "commerce.gateways.stripe.adapter.Nobody"):
        with pytest.raises(ValueError, match="no payment gateway"):
            build_gateway(path)
