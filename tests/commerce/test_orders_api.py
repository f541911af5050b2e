"""Orders API: open, list, cancel, refund, for the people concerned only."""

import uuid

import pytest
from django.test import Client

from academies.kernel import clock
from academies.tenants.context import inside
from commerce.checkout import actions
from commerce.checkout.models import Order, Refund
from tests.fixtures.http_client import Visitor
from tests.fixtures.payment_factory import Shop, assert_problem, post_json
from tests.fixtures.people import make_person
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


# --- one's own orders -----------------------------------------------------------------------------------------------
def test_one_sees_ones_own_orders_newest_first(shop: Shop, paid, learner, stranger, plan):
    a_plan(a_course(title="Rye", slug="rye"), slug="rye")
    shop.buy(learner, "rye")
    shop.buy(stranger, "rye")

    listed = Visitor(learner).ask("get", ORDERS).json()
    detail = Visitor(learner).ask("get", f"{ORDERS}{paid.pk}/").json()

    assert (listed["count"], [order["number"] for order in listed["results"]]) == (2, [2, 1])
    assert listed["results"][1] == detail
    assert (detail["status"], detail["id"]) == ("paid", str(paid.pk))
    assert detail["paid_at"]


def test_a_list_of_orders_takes_five_queries_however_long(shop: Shop, learner, django_assert_num_queries):
    client = Visitor(learner)
    for number in range(3):
        a_plan(a_course(title=f"Rye {number}", slug=f"rye-{number}"), slug=f"rye-{number}", price_minor=0)
        post_json(learner, CHECKOUT, {"items": [{"plan": f"rye-{number}"}]})

    with django_assert_num_queries(5):
        assert client.ask("get", f"{ORDERS}?page_size=1").json()["count"] == 3
    with django_assert_num_queries(5):
        assert len(client.ask("get", ORDERS).json()["results"]) == 3


def test_placing_an_order_over_http_takes_few_queries(shop: Shop, learner, plan, django_assert_max_num_queries):
    client = Visitor(learner)

    with django_assert_max_num_queries(32):
        assert client.ask("post", CHECKOUT, {"items": [{"plan": plan.slug}]}).status_code == 201


def test_an_order_is_cancelled_by_its_buyer_once_and_for_all(shop: Shop, learner, plan):
    order, _ = shop.buy(learner, plan.slug)

    first = post_json(learner, f"{ORDERS}{order.pk}/cancel/")
    again = post_json(learner, f"{ORDERS}{order.pk}/cancel/")

    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert again.json() == first.json()


def test_a_paid_order_is_not_cancelled(paid, learner):
    assert_problem(post_json(learner, f"{ORDERS}{paid.pk}/cancel/"), 409, "order_paid")


def test_a_pending_order_can_be_paid_later(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)

    payload = post_json(learner, f"{ORDERS}{order.pk}/pay/").json()

    assert payload["payment"]["url"] == attempt.url
    actions.cancel_order(order=order, by=learner, now=clock.now())
    assert_problem(post_json(learner, f"{ORDERS}{order.pk}/pay/"), 409, "order_not_pending")


# --- refunds --------------------------------------------------------------------------------------------------------
def test_finance_gives_money_back(paid, finance, learner):
    body = {"amount": {"amount_minor": 900, "currency": "GBP"}, "reason": "a late start", "entitlements": "keep"}

    response = post_json(finance, f"{ORDERS}{paid.pk}/refund/", body)

    assert response.status_code == 201, response.content
    payload = response.json()
    assert (payload["refund"]["status"], payload["refund"]["amount"]["amount_minor"]) == ("done", 900)
    assert payload["order"]["status"] == "partially_refunded"
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
    response = post_json(finance, f"{ORDERS}{paid.pk}/refund/", body)

    assert response.status_code == 400, response.content
    assert not Refund.objects.exists()


def test_more_than_was_paid_is_a_409(paid, finance):
    body = {"amount": {"amount_minor": 4901, "currency": "GBP"}, "reason": "x"}

    payload = assert_problem(post_json(finance, f"{ORDERS}{paid.pk}/refund/", body), 409, "refund_too_large")

    assert payload["left"] == {"amount_minor": 4900, "currency": "GBP"}


# --- who may --------------------------------------------------------------------------------------------------------
ENDPOINTS = [("get", ""), ("post", "cancel/"), ("post", "pay/")]


@pytest.mark.parametrize(("method", "subpath"), ENDPOINTS)
def test_another_persons_order_is_not_there(shop: Shop, learner, stranger, finance, plan, method, subpath):
    order, _ = shop.buy(learner, plan.slug)
    path, nowhere = (f"{ORDERS}{pk}/{subpath}" for pk in (order.pk, uuid.uuid4()))

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
        assert_problem(post_json(who, f"{ORDERS}{pk}/refund/", {"reason": "please"}), 403, "not_allowed")
    assert post_json(None, f"{ORDERS}{paid.pk}/refund/", {"reason": "please"}).status_code == 401
    assert not Refund.objects.exists()


def test_the_owner_refunds_too(paid, owner):
    assert post_json(owner, f"{ORDERS}{paid.pk}/refund/", {"reason": "of course"}).status_code == 201


@pytest.mark.parametrize("pk", ["0" * 32, "not-a-uuid-but-as-long-as-one-would-be", "-" * 36, "1"])
def test_an_order_that_never_was_is_a_404(north, learner, finance, pk):
    assert Visitor(learner).ask("get", f"{ORDERS}{pk}/").status_code == 404
    assert post_json(finance, f"{ORDERS}{pk}/refund/", {"reason": "x"}).status_code == 404


def test_an_order_of_another_academy_is_not_there(shop: Shop, paid, db):
    with inside("south"):
        southerner, treasurer = make_person("Sue Southerner", "Learner"), make_person("Tom Treasurer", "Finance")
        for who, method, subpath in [
            (southerner, "get", ""),
            (southerner, "post", "cancel/"),
            (treasurer, "post", "refund/"),
        ]:
            client = Client(headers={"host": "south.localhost"})
            client.force_login(who)
            ask = getattr(client, method)
            response = ask(f"{ORDERS}{paid.pk}/{subpath}", data={"reason": "x"}, content_type="application/json") \
                if method == "post" else ask(f"{ORDERS}{paid.pk}/")  # fmt: skip
            assert response.status_code == 404
    assert Order.objects.get().status == "paid"
