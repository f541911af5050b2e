"""Webhooks of one academy change nothing in another."""

import pytest

from academies.inbox.models import WebhookEvent
from academies.tenants.context import inside
from commerce.checkout.models import Order, PaymentAttempt
from commerce.enrolments.models import Entitlement
from tests.fixtures.payment_factory import Shop, reload
from tests.fixtures.product_factory import a_course, a_plan
from tests.fixtures.stripe_webhooks import about, event, events, signed


@pytest.fixture
def plan(north):
    return a_plan(a_course())


# --- between academies ----------------------------------------------------------------------------------------------
def test_a_webhook_for_south_opens_nothing_in_north(shop: Shop, learner, plan, receiver):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    northern = shop.webhooks(3)[-1]
    with inside("south"):
        south = Shop.at(shop.standin, receiver)

        # North's own webhook sent to south, and one with south's signature sent to north.
        assert south.deliver_webhook(northern).status_code == 400
        body = about(attempt)
        assert shop.post_webhook(body, signed(body), host="north.localhost").status_code == 400

    assert not events().exists()
    assert reload(order).status == Order.Status.PENDING


def test_an_event_signed_for_south_that_names_norths_order_does_nothing(shop: Shop, learner, plan, receiver):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    with inside("south"):
        south = Shop.at(shop.standin, receiver)
        body = about(attempt)

        assert south.post_webhook(body, signed(body)).status_code == 200
        south.work()

        event = events().get()
        assert (event.account, event.status) == ("south", WebhookEvent.Status.IGNORED)
        assert not Order.objects.exists()
    assert reload(order).status == Order.Status.PENDING
    assert not Entitlement.objects.exists()


def test_the_same_order_in_two_academies_is_two_orders(shop: Shop, learner, plan, receiver):
    """Same ids, same number, same buyer's e-mail: only south's own account settles south's."""
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    with inside("south"):
        from tests.fixtures.people import make_person

        south = Shop.at(shop.standin, receiver)
        twin = make_person("Lena Learner", "Learner")
        a_plan(a_course(), currency="GBP")
        copy, double = south.buy(twin, "sourdough")
        PaymentAttempt.objects.filter(pk=double.pk).update(id=attempt.pk)
        body = about(attempt)

        south.post_webhook(body, signed(body))
        south.work()

        assert Order.objects.get(pk=copy.pk).status == Order.Status.PENDING
    assert reload(order).status == Order.Status.PENDING
    shop.refresh_payment(order)
    assert reload(order).status == Order.Status.PAID


def test_two_academies_may_get_events_of_one_id(shop: Shop, receiver):
    body = event()
    assert shop.post_webhook(body, signed(body)).json()["new"]
    with inside("south"):
        south = Shop.at(shop.standin, receiver)
        assert south.post_webhook(body, signed(body)).json()["new"]

    assert events().count() == 2
