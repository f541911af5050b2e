"""Order pages: shown to the buyer only; the return from payment proves nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academies.kernel import clock
from academies.tenants.context import inside
from commerce.checkout import actions, gateway
from commerce.checkout.models import Order, OrderLine
from commerce.enrolments import actions as enrolments
from commerce.enrolments.models import Entitlement
from commerce.gateways.types import RefundRequest
from tests.fixtures.http_client import Visitor
from tests.fixtures.payment_factory import Shop, after_expiry, make_workshop
from tests.fixtures.product_factory import a_course, a_plan

PLAN = "/checkout/plan/sourdough/"


@pytest.fixture
def plan(north):
    return a_plan(a_course())


def text(response) -> str:
    return response.content.decode()


# --- the way back ---------------------------------------------------------------------------------------------------
def test_coming_back_without_having_paid_opens_nothing(shop: Shop, learner, browser, plan):
    order, attempt = shop.buy(learner, plan.slug)

    page = browser.get(f"/checkout/orders/{order.pk}/done/?paid=1&session_id={attempt.reference}")

    assert "You stopped before paying" in text(page)
    assert not Entitlement.objects.exists()
    assert Order.objects.get().status == Order.Status.PENDING


def test_coming_back_after_paying_settles_without_any_webhook(shop: Shop, learner, browser, plan):
    order, attempt = shop.buy(learner, plan.slug)
    back = shop.pay(attempt).location

    page = browser.get(back.removeprefix("http://north.localhost:8000"))

    assert back == f"http://north.localhost:8000/checkout/orders/{order.pk}/done/"
    assert "Thank you for your order" in text(page)
    assert "We have received £49." in text(page)
    assert Order.objects.get().status == Order.Status.PAID


@pytest.mark.usefixtures("impatient")
def test_coming_back_while_the_provider_is_away_waits_for_the_webhook(shop: Shop, learner, browser, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    shop.standin.faults(fail={"times": 3, "status": 500})

    page = browser.get(f"/checkout/orders/{order.pk}/done/")

    assert "being confirmed" in text(page)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [("cancelled", "You stopped before paying"), ("expired", "The time to pay ran out"), ("paid", "Thank you")],
)
def test_each_state_has_its_sentence(shop: Shop, learner, browser, plan, status, sentence):
    order, _ = shop.buy(learner, plan.slug)
    Order.objects.update(status=status)

    assert sentence in text(browser.get(f"/checkout/orders/{order.pk}/done/"))


def test_a_payment_that_came_too_late_shows_the_order_and_its_refund(shop: Shop, learner, browser, stranger):
    offering = make_workshop(seats=1)
    order, attempt = shop.buy(learner, offering=offering)
    shop.pay(attempt)
    after = after_expiry(order) + timedelta(hours=1)
    enrolments.release_holds(now=after)
    enrolments.hold_seat(
        person=stranger, offering=offering, hold_until=after + timedelta(hours=1), source="x", now=after
    )
    actions.settle(order_id=order.pk, remote=gateway.current().read(attempt.reference), now=after)

    page = browser.get(f"/checkout/orders/{order.pk}/done/", follow=True)

    assert "Refunds" in text(page)
    assert "£35" in text(page)


def test_an_order_page_shows_what_went_back(shop: Shop, learner, browser, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    reference = gateway.current().read(attempt.reference).payment_reference
    gateway.current().refund(RefundRequest("outside", reference, 900, "GBP", "a broken oven"))

    page = browser.get(f"/checkout/orders/{order.pk}/")

    assert "Partly refunded" in text(page)
    assert "£9" in text(page)


def test_an_order_is_cancelled_on_its_page(shop: Shop, learner, browser, plan):
    order, _ = shop.buy(learner, plan.slug)
    page = browser.get(f"/checkout/orders/{order.pk}/")

    browser.post(f"/checkout/orders/{order.pk}/cancel/")

    assert "Cancel this order" in text(page)
    assert Order.objects.get().status == Order.Status.CANCELLED
    assert browser.get(f"/checkout/orders/{order.pk}/cancel/").status_code == 405


def test_ones_orders_are_listed(shop: Shop, learner, browser, plan):
    assert "not ordered anything" in text(browser.get("/my/orders/"))
    shop.buy(learner, plan.slug)

    page = browser.get("/my/orders/")

    assert "Order 1" in text(page)
    assert "Sourdough" in text(page)


def test_ones_orders_cost_the_same_however_many(north, learner, browser, plan):
    costs = []
    for numbers in (range(1), range(1, 45)):
        with inside("north"):
            _order(learner, plan, numbers)
        browser.get("/my/orders/")
        with CaptureQueriesContext(connection) as captured:
            page = text(browser.get("/my/orders/"))
        costs.append([query["sql"][:160] for query in captured])

    assert len(costs[0]) == len(costs[1]) <= 12, "\n".join(costs[1])
    assert (page.count("/checkout/orders/"), "?page=2" in page) == (20, True)


def _order(person, plan, numbers):
    now = clock.now()
    sums = {"currency": "GBP", "subtotal_minor": 1, "total_minor": 1, "created_at": now, "expires_at": now}
    orders = Order.objects.bulk_create(Order(number=number, person=person, **sums) for number in numbers)
    OrderLine.objects.bulk_create(
        OrderLine(order=order, plan=plan, title="Sourdough", unit_minor=1, total_minor=1)
        for order in orders
        for _ in "ab"
    )


@pytest.mark.parametrize(
    ("method", "subpath"), [("get", ""), ("get", "done/"), ("get", "pay/"), ("post", "pay/"), ("post", "cancel/")]
)
def test_another_persons_order_is_not_there(shop: Shop, learner, stranger, finance, plan, method, subpath):
    order, _ = shop.buy(learner, plan.slug)
    path = f"/checkout/orders/{order.pk}/{subpath}"

    for who in (stranger, finance):
        assert getattr(Visitor(who).client, method)(path).status_code == 404
    anonymous = getattr(Visitor(None).client, method)(path)
    assert anonymous["Location"] == f"/account/login/?next={path}"
    assert Order.objects.get().status == Order.Status.PENDING
    assert clock.now() < Order.objects.get().expires_at
