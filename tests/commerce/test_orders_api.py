"""It holds that orders are opened, seen, cancelled and refunded over JSON by whom they concern, and by nobody else."""

import uuid
from typing import Any

import pytest
from django.test import Client

from academies.kernel import clock
from academies.tenants.context import inside
from commerce.checkout import actions
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.enrolments.models import Entitlement
from tests.cast import person
from tests.commerce.props import a_course, a_plan
from tests.commerce.shop import Shop, workshop
from tests.commerce.visitor import Visitor

CHECKOUT, ORDERS = "/api/v1/checkout/", "/api/v1/orders/"


@pytest.fixture
def plan(north):
    return a_plan(a_course())


@pytest.fixture
def paid(shop: Shop, learner, plan) -> Order:
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    return shop.look(order)


def post(who, path, body=None, **more):
    return Visitor(who).ask("post", path, body, **more)


def problem(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    return answer.json()


# --- checkout -------------------------------------------------------------------------------------------------------
def test_a_checkout_answers_with_the_order_and_where_to_pay(shop: Shop, learner, plan):
    answer = post(learner, CHECKOUT, {"items": [{"plan": plan.slug}], "billing": {"name": "Lena"}})

    assert answer.status_code == 201, answer.content
    told = answer.json()
    order = Order.objects.get()
    line = order.lines.get()
    gbp: dict[str, Any] = {"amount_minor": 4900, "currency": "GBP"}
    nothing = {**gbp, "amount_minor": 0}
    assert set(told) == {"order", "payment"}
    assert told["payment"] == {"provider": "stripe", "url": PaymentAttempt.objects.get().url}
    assert told["order"]["lines"] == [
        {"id": str(line.pk), "title": "Sourdough", "quantity": 1, "unit": gbp, "total": gbp, "plan": "sourdough",
         "offering": None, "registration": None}
    ]  # fmt: skip
    assert {name: told["order"][name] for name in ("id", "number", "status", "subtotal", "discount", "tax", "total")} == {
        "id": str(order.pk), "number": 1, "status": "pending", "subtotal": gbp, "discount": nothing, "tax": nothing,
        "total": gbp,
    }  # fmt: skip
    assert order.billing == {"name": "Lena"}


def test_a_free_checkout_is_paid_and_nothing_is_left_to_pay(north, learner):
    a_plan(a_course(), slug="free", price_minor=0)

    told = post(learner, CHECKOUT, {"items": [{"plan": "free"}]}).json()

    assert (told["order"]["status"], told["payment"]) == ("paid", None)
    assert Entitlement.objects.filter(person=learner).exists()


def test_a_seat_is_ordered_by_its_offering(shop: Shop, learner):
    offering = workshop()

    told = post(learner, CHECKOUT, {"items": [{"offering": str(offering.pk), "quantity": 1}]}).json()

    assert told["order"]["lines"][0]["offering"] == str(offering.pk)
    assert told["order"]["lines"][0]["registration"]


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
    answer = post(learner, CHECKOUT, body)

    assert answer.status_code == 400, answer.content
    assert answer.json()["fields"]
    assert not Order.objects.exists()


def test_what_only_we_decide_is_not_taken_from_the_body(shop: Shop, learner, stranger, plan):
    wishes = {"status": "paid", "total": 1, "person": str(stranger.pk), "number": 999, "price_minor": 1}
    item = {"plan": plan.slug, "unit_minor": 1, "total_minor": 1, "price": 1}

    told = post(learner, CHECKOUT, {"items": [item], **wishes}).json()

    order = Order.objects.get()
    assert (order.status, order.total_minor, order.person, order.number) == ("pending", 4900, learner, 1)
    assert told["order"]["total"]["amount_minor"] == 4900


def test_conflicts_have_their_code(shop: Shop, learner, stranger, plan):
    a_plan(a_course(title="Rye", slug="rye"), slug="bakers-club", interval="month")
    seat = {"items": [{"offering": str(workshop(seats=1).pk)}]}
    post(learner, CHECKOUT, seat)
    wrong = {"expected_total": {"amount_minor": 1, "currency": "GBP"}}

    problem(post(stranger, CHECKOUT, seat), 409, "sold_out")
    problem(post(learner, CHECKOUT, {"items": [{"plan": "bakers-club"}]}), 409, "subscriptions_not_open")
    changed = problem(post(learner, CHECKOUT, {"items": [{"plan": plan.slug}], **wrong}), 409, "price_changed")
    assert changed["total"] == {"amount_minor": 4900, "currency": "GBP"}


def test_who_has_it_gets_a_409(paid, learner, plan):
    problem(post(learner, CHECKOUT, {"items": [{"plan": plan.slug}]}), 409, "already_enrolled")


def test_nobody_buys_without_signing_in(shop: Shop, plan):
    problem(post(None, CHECKOUT, {"items": [{"plan": plan.slug}]}), 401, "not_authenticated")


@pytest.mark.usefixtures("impatient")
def test_a_provider_that_is_away_is_a_503_and_the_same_key_may_try_again(shop: Shop, learner, plan):
    shop.standin.faults(fail={"times": 3, "status": 500, "path": "/v1/checkout/sessions"})
    asked, key = {"items": [{"plan": plan.slug}]}, {"headers": {"idempotency-key": "k1"}}

    away = post(learner, CHECKOUT, asked, **key)
    there = post(learner, CHECKOUT, asked, **key)
    again = post(learner, CHECKOUT, asked, **key)

    problem(away, 503, "payment_provider_unavailable")
    assert int(away["Retry-After"]) >= 1
    assert there.status_code == 201
    assert there.content == again.content
    assert sorted(Order.objects.values_list("status", flat=True)) == ["cancelled", "pending"]


# --- one's own orders -----------------------------------------------------------------------------------------------
def test_one_sees_ones_own_orders_newest_first(shop: Shop, paid, learner, stranger, plan):
    a_plan(a_course(title="Rye", slug="rye"), slug="rye")
    shop.buy(learner, "rye")
    shop.buy(stranger, "rye")

    listed = Visitor(learner).ask("get", ORDERS).json()
    one = Visitor(learner).ask("get", f"{ORDERS}{paid.pk}/").json()

    assert (listed["count"], [order["number"] for order in listed["results"]]) == (2, [2, 1])
    assert listed["results"][1] == one
    assert (one["status"], one["id"]) == ("paid", str(paid.pk))
    assert one["paid_at"]


def test_a_list_of_orders_takes_five_queries_however_long(shop: Shop, learner, django_assert_num_queries):
    client = Visitor(learner)
    for number in range(3):
        a_plan(a_course(title=f"Rye {number}", slug=f"rye-{number}"), slug=f"rye-{number}", price_minor=0)
        post(learner, CHECKOUT, {"items": [{"plan": f"rye-{number}"}]})

    with django_assert_num_queries(5):
        assert client.ask("get", f"{ORDERS}?page_size=1").json()["count"] == 3
    with django_assert_num_queries(5):
        assert len(client.ask("get", ORDERS).json()["results"]) == 3


def test_placing_an_order_over_http_takes_few_queries(shop: Shop, learner, plan, django_assert_max_num_queries):
    client = Visitor(learner)

    with django_assert_max_num_queries(35):
        assert client.ask("post", CHECKOUT, {"items": [{"plan": plan.slug}]}).status_code == 201


def test_an_order_is_cancelled_by_its_buyer_once_and_for_all(shop: Shop, learner, plan):
    order, _ = shop.buy(learner, plan.slug)

    first = post(learner, f"{ORDERS}{order.pk}/cancel/")
    again = post(learner, f"{ORDERS}{order.pk}/cancel/")

    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert again.json() == first.json()


def test_a_paid_order_is_not_cancelled(paid, learner):
    problem(post(learner, f"{ORDERS}{paid.pk}/cancel/"), 409, "order_paid")


def test_a_pending_order_can_be_paid_later(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)

    told = post(learner, f"{ORDERS}{order.pk}/pay/").json()

    assert told["payment"]["url"] == attempt.url
    actions.cancel(order=order, by=learner, now=clock.now())
    problem(post(learner, f"{ORDERS}{order.pk}/pay/"), 409, "order_not_pending")


# --- refunds --------------------------------------------------------------------------------------------------------
def test_finance_gives_money_back(paid, finance, learner):
    body = {"amount": {"amount_minor": 900, "currency": "GBP"}, "reason": "a late start", "entitlements": "keep"}

    answer = post(finance, f"{ORDERS}{paid.pk}/refund/", body)

    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["refund"]["status"], told["refund"]["amount"]["amount_minor"]) == ("done", 900)
    assert told["order"]["status"] == "partially_refunded"
    assert Refund.objects.get().by == finance


@pytest.mark.parametrize(
    "body",
    [
        {}, {"reason": ""}, {"reason": "x" * 251}, {"reason": "x", "amount": 900},
        {"reason": "x", "amount": {"amount_minor": 0, "currency": "GBP"}},
        {"reason": "x", "amount": {"amount_minor": -1, "currency": "GBP"}},
        {"reason": "x", "amount": {"amount_minor": 10**30, "currency": "GBP"}},
        {"reason": "x", "amount": {"amount_minor": 1.5, "currency": "GBP"}},
        {"reason": "x", "amount": {"amount_minor": 900, "currency": "EUR"}},
        {"reason": "x", "lines": ["nonsense"]}, {"reason": "x", "lines": [str(uuid.uuid4())]},
        {"reason": "x", "entitlements": "explode"},
    ],
)  # fmt: skip
def test_a_refund_that_makes_no_sense_is_a_400(paid, finance, body):
    answer = post(finance, f"{ORDERS}{paid.pk}/refund/", body)

    assert answer.status_code == 400, answer.content
    assert not Refund.objects.exists()


def test_more_than_was_paid_is_a_409(paid, finance):
    body = {"amount": {"amount_minor": 4901, "currency": "GBP"}, "reason": "x"}

    told = problem(post(finance, f"{ORDERS}{paid.pk}/refund/", body), 409, "refund_too_large")

    assert told["left"] == {"amount_minor": 4900, "currency": "GBP"}


# --- who may --------------------------------------------------------------------------------------------------------
DOORS = [("get", ""), ("post", "cancel/"), ("post", "pay/")]


@pytest.mark.parametrize(("method", "door"), DOORS)
def test_another_persons_order_is_not_there(shop: Shop, learner, stranger, finance, plan, method, door):
    order, _ = shop.buy(learner, plan.slug)
    path, nowhere = (f"{ORDERS}{pk}/{door}" for pk in (order.pk, uuid.uuid4()))

    assert Visitor(learner).ask(method, path).status_code == 200
    Order.objects.filter(pk=order.pk).update(status="pending")
    for who in (stranger, finance):
        foreign, absent = Visitor(who).ask(method, path), Visitor(who).ask(method, nowhere)
        assert foreign.status_code == absent.status_code == 404
        assert foreign.json() == absent.json()
    assert Visitor(None).ask(method, path).status_code == 401
    assert Order.objects.get().status == "pending"


@pytest.mark.parametrize("name", ["learner", "stranger", "teacher", "editor", "desk"])
def test_nobody_but_finance_and_the_owner_refunds(paid, request, name):
    who = request.getfixturevalue(name)

    for pk in (paid.pk, uuid.uuid4()):
        problem(post(who, f"{ORDERS}{pk}/refund/", {"reason": "please"}), 403, "not_allowed")
    assert post(None, f"{ORDERS}{paid.pk}/refund/", {"reason": "please"}).status_code == 401
    assert not Refund.objects.exists()


def test_the_owner_refunds_too(paid, owner):
    assert post(owner, f"{ORDERS}{paid.pk}/refund/", {"reason": "of course"}).status_code == 201


@pytest.mark.parametrize("pk", ["0" * 32, "not-a-uuid-but-as-long-as-one-would-be", "-" * 36, "1"])
def test_an_order_that_never_was_is_a_404(north, learner, finance, pk):
    assert Visitor(learner).ask("get", f"{ORDERS}{pk}/").status_code == 404
    assert post(finance, f"{ORDERS}{pk}/refund/", {"reason": "x"}).status_code == 404


def test_an_order_of_another_academy_is_not_there(shop: Shop, paid, db):
    with inside("south"):
        southerner, treasurer = person("Sue Southerner", "Learner"), person("Tom Treasurer", "Finance")
        for who, method, door in [
            (southerner, "get", ""),
            (southerner, "post", "cancel/"),
            (treasurer, "post", "refund/"),
        ]:
            client = Client(headers={"host": "south.localhost"})
            client.force_login(who)
            ask = getattr(client, method)
            answer = ask(f"{ORDERS}{paid.pk}/{door}", data={"reason": "x"}, content_type="application/json") \
                if method == "post" else ask(f"{ORDERS}{paid.pk}/")  # fmt: skip
            assert answer.status_code == 404
    assert Order.objects.get().status == "paid"
