"""Checkout API: requests, responses and errors."""

import uuid
from typing import Any

import pytest

from commerce.checkout.models import Order, PaymentAttempt
from commerce.enrolments.models import Entitlement
from tests.fixtures.payment_factory import Shop, assert_problem, make_workshop, post_json
from tests.fixtures.product_factory import a_course, a_plan

CHECKOUT, ORDERS = "/api/v1/checkout/", "/api/v1/orders/"


@pytest.fixture
def plan(north):
    return a_plan(a_course())


@pytest.fixture
def paid(shop: Shop, learner, plan) -> Order:
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    return shop.refresh_payment(order)


# --- checkout -------------------------------------------------------------------------------------------------------
def test_a_checkout_answers_with_the_order_and_where_to_pay(shop: Shop, learner, plan):
    response = post_json(learner, CHECKOUT, {"items": [{"plan": plan.slug}], "billing": {"name": "Lena"}})

    assert response.status_code == 201, response.content
    payload = response.json()
    order = Order.objects.get()
    line = order.lines.get()
    gbp: dict[str, Any] = {"amount_minor": 4900, "currency": "GBP"}
    nothing = {**gbp, "amount_minor": 0}
    assert set(payload) == {"order", "payment"}
    assert payload["payment"] == {"provider": "stripe", "url": PaymentAttempt.objects.get().url}
    assert payload["order"]["lines"] == [
        {"id": str(line.pk), "title": "Sourdough", "quantity": 1, "unit": gbp, "total": gbp, "plan": "sourdough",
         "offering": None, "registration": None}
    ]  # fmt: skip
    assert {name: payload["order"][name] for name in ("id", "number", "status", "subtotal", "discount", "tax", "total")} == {
        "id": str(order.pk), "number": 1, "status": "pending", "subtotal": gbp, "discount": nothing, "tax": nothing,
        "total": gbp,
    }  # fmt: skip
    assert order.billing == {"name": "Lena"}


def test_a_free_checkout_is_paid_and_nothing_is_left_to_pay(north, learner):
    a_plan(a_course(), slug="free", price_minor=0)

    payload = post_json(learner, CHECKOUT, {"items": [{"plan": "free"}]}).json()

    assert (payload["order"]["status"], payload["payment"]) == ("paid", None)
    assert Entitlement.objects.filter(person=learner).exists()


def test_a_seat_is_ordered_by_its_offering(shop: Shop, learner):
    offering = make_workshop()

    payload = post_json(learner, CHECKOUT, {"items": [{"offering": str(offering.pk), "quantity": 1}]}).json()

    assert payload["order"]["lines"][0]["offering"] == str(offering.pk)
    assert payload["order"]["lines"][0]["registration"]


def test_buyers_may_return_to_a_web_site_that_the_academy_has_named(shop: Shop, learner, plan):
    from home.pages.models import Headless

    Headless.objects.update_or_create(defaults={"origins": "https://shop.example"})
    body = {"items": [{"plan": plan.slug}], "success_url": "https://shop.example/thanks"}

    assert post_json(learner, CHECKOUT, body).status_code == 201

    assert Order.objects.get().success_url == "https://shop.example/thanks"
    foreign = post_json(learner, CHECKOUT, {**body, "success_url": "https://shop.example:8443/thanks"})
    assert_problem(foreign, 400, "foreign_address")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"items": []}, {"items": {}}, {"items": "sourdough"}, {"items": [{}]}, {"items": [None]}, {"items": [[]]},
        {"items": [{"plan": 5.5}]}, {"items": [{"plan": "no-such-plan"}]}, {"items": [{"plan": "x" * 300}]},
        {"items": [{"offering": "no-uuid"}]}, {"items": [{"offering": str(uuid.uuid4())}]},
        {"items": [{"plan": "sourdough", "quantity": 0}]}, {"items": [{"plan": "sourdough", "quantity": -1}]},
        {"items": [{"plan": "sourdough", "quantity": 2}]}, {"items": [{"plan": "sourdough", "quantity": 10**30}]},
        {"items": [{"plan": "sourdough"}, {"plan": "sourdough"}]}, {"items": [{"plan": "sourdough"}] * 51},
        {"items": [{"plan": "sourdough"}], "coupon": "NONE"}, {"items": [{"plan": "sourdough"}], "coupon": ["x"]},
        {"items": [{"plan": "sourdough"}], "coupon": "x" * 41},
        {"items": [{"plan": "sourdough"}], "billing": "me"}, {"items": [{"plan": "sourdough"}], "billing": {"a": {}}},
        {"items": [{"plan": "sourdough"}], "billing": {str(number): "x" for number in range(21)}},
        {"items": [{"plan": "sourdough"}], "success_url": "https://evil.example/"},
        {"items": [{"plan": "sourdough"}], "cancel_url": 7},
        {"items": [{"plan": "sourdough"}], "expected_total": 4900},
    ],
)  # fmt: skip
def test_a_checkout_that_makes_no_sense_is_a_400_with_the_field(shop: Shop, learner, plan, body):
    response = post_json(learner, CHECKOUT, body)

    assert response.status_code == 400, response.content
    assert response.json()["fields"]
    assert not Order.objects.exists()


def test_what_only_we_decide_is_not_taken_from_the_body(shop: Shop, learner, stranger, plan):
    extra_fields = {"status": "paid", "total": 1, "person": str(stranger.pk), "number": 999, "price_minor": 1}
    item = {"plan": plan.slug, "unit_minor": 1, "total_minor": 1, "price": 1}

    payload = post_json(learner, CHECKOUT, {"items": [item], **extra_fields}).json()

    order = Order.objects.get()
    assert (order.status, order.total_minor, order.person, order.number) == ("pending", 4900, learner, 1)
    assert payload["order"]["total"]["amount_minor"] == 4900


def test_conflicts_have_their_code(shop: Shop, learner, stranger, plan):
    a_plan(a_course(title="Rye", slug="rye"), slug="bakers-club", interval="month")
    seat = {"items": [{"offering": str(make_workshop(seats=1).pk)}]}
    post_json(learner, CHECKOUT, seat)
    wrong = {"expected_total": {"amount_minor": 1, "currency": "GBP"}}

    assert_problem(post_json(stranger, CHECKOUT, seat), 409, "sold_out")
    assert_problem(post_json(learner, CHECKOUT, {"items": [{"plan": "bakers-club"}]}), 409, "subscriptions_not_open")
    changed = assert_problem(
        post_json(learner, CHECKOUT, {"items": [{"plan": plan.slug}], **wrong}), 409, "price_changed"
    )
    assert changed["total"] == {"amount_minor": 4900, "currency": "GBP"}
    yen = {"expected_total": {"amount_minor": 4900, "currency": "JPY"}}
    assert_problem(post_json(learner, CHECKOUT, {"items": [{"plan": plan.slug}], **yen}), 409, "price_changed")


def test_an_app_may_expect_that_it_costs_nothing(shop: Shop, learner):
    a_plan(a_course(), slug="free", price_minor=0)
    nothing = {"expected_total": {"amount_minor": 0, "currency": "GBP"}}

    payload = post_json(learner, CHECKOUT, {"items": [{"plan": "free"}], **nothing}).json()

    assert payload["order"]["status"] == "paid"


def test_who_has_it_gets_a_409(paid, learner, plan):
    assert_problem(post_json(learner, CHECKOUT, {"items": [{"plan": plan.slug}]}), 409, "already_enrolled")


def test_nobody_buys_without_signing_in(shop: Shop, plan):
    assert_problem(post_json(None, CHECKOUT, {"items": [{"plan": plan.slug}]}), 401, "not_authenticated")


@pytest.mark.usefixtures("impatient")
def test_a_provider_that_is_away_is_a_503_and_the_same_key_may_try_again(shop: Shop, learner, plan):
    shop.standin.faults(fail={"times": 3, "status": 500, "path": "/v1/checkout/sessions"})
    payload, key = {"items": [{"plan": plan.slug}]}, {"headers": {"idempotency-key": "k1"}}

    away = post_json(learner, CHECKOUT, payload, **key)
    there = post_json(learner, CHECKOUT, payload, **key)
    again = post_json(learner, CHECKOUT, payload, **key)

    assert_problem(away, 503, "payment_provider_unavailable")
    assert int(away["Retry-After"]) >= 1
    assert there.status_code == 201
    assert there.content == again.content
    assert sorted(Order.objects.values_list("status", flat=True)) == ["cancelled", "pending"]
