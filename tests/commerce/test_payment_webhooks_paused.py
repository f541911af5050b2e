"""Webhooks to a suspended academy or one in maintenance are stored and handled later."""

from datetime import timedelta

import pytest
from celery import current_app
from django.test import Client

from academies.inbox import actions as inbox
from academies.kernel import clock
from academies.tenants import queries
from academies.tenants.models import Academy
from commerce.checkout.models import Order
from tests.fixtures.payment_factory import Shop, reload
from tests.fixtures.product_factory import a_course, a_plan
from tests.fixtures.stripe_webhooks import event, events, signed

Status = Academy.Status


@pytest.fixture
def set_status(north):
    """Give Northlight another status."""

    def change(status: str) -> None:
        Academy.objects.filter(schema_name="north").update(status=status)
        queries.forget()

    yield change
    change(Status.LIVE)


@pytest.fixture
def sent_tasks(monkeypatch):
    """Which tasks were sent."""
    names: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: names.append(name))
    return names


@pytest.mark.parametrize(
    ("status", "handled_at_once"), [(Status.LIVE, True), (Status.SUSPENDED, True), (Status.MAINTENANCE, False)]
)
def test_a_paused_academy_stores_what_it_is_told(
    shop: Shop, set_status, sent_tasks, status, handled_at_once, django_capture_on_commit_callbacks
):
    body = event()
    signature = signed(body)
    set_status(status)

    with django_capture_on_commit_callbacks(execute=True):
        response = shop.post_webhook(body, signature)

    assert (response.status_code, response.json()) == (200, {"received": True, "new": True})
    assert events().get().status == "received"
    assert ("inbox.handle" in sent_tasks) is handled_at_once


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.MAINTENANCE])
def test_a_paused_academy_takes_nothing_else_and_nothing_unsigned(shop: Shop, set_status, status):
    set_status(status)
    browser = Client(headers={"host": "north.localhost"})

    assert shop.post_webhook(event(), "t=1,v1=forged").status_code == 400
    for path in (
        "/",
        "/hooks",
        "/hooks/",
        "/hooks/stripe",
        "/hooks/stripe/../",
        "/api/v1/courses/",
        "/admin/",
        "/hooks/../admin/",
        "/documents/1/x.pdf",
        "/media/images/x.png",
    ):
        assert browser.get(path).status_code == 503, path
    assert not events().exists()


@pytest.mark.parametrize("status", [Status.CLOSED, Status.PROVISIONING])
def test_an_academy_that_is_no_more_is_told_nothing(shop: Shop, set_status, status):
    body = event()
    signature = signed(body)
    set_status(status)

    assert shop.post_webhook(body, signature).status_code == 404
    assert shop.post_webhook(body, signature, host="nobody.localhost").status_code == 404
    assert not events().exists()


def test_what_was_paid_in_maintenance_is_settled_afterwards(shop: Shop, learner, set_status):
    order, attempt = shop.buy(learner, a_plan(a_course()).slug)
    shop.pay(attempt)
    webhooks = shop.webhooks(3)
    set_status(Status.MAINTENANCE)
    assert {shop.deliver_webhook(webhook).status_code for webhook in webhooks} == {200}
    assert reload(order).status == Order.Status.PENDING

    set_status(Status.LIVE)
    inbox.sweep(now=clock.now() + timedelta(minutes=1))

    assert reload(order).status == Order.Status.PAID
