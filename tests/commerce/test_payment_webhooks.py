"""Payment webhooks: signature, refresh from the provider, unknown and repeated events."""

import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from academies.inbox import actions as inbox
from academies.inbox.models import WebhookEvent
from academies.journal.models import Entry
from academies.kernel import clock
from academies.notifications.models import Delivery
from commerce.checkout import api_v1, gateway
from commerce.checkout.encryption import encrypt
from commerce.checkout.models import Order, PaymentAccount
from commerce.enrolments.models import Entitlement
from lyceum_dev.standins.stripe.harness import DECLINED
from tests.fixtures.payment_factory import Shop, reload
from tests.fixtures.product_factory import a_course, a_plan
from tests.fixtures.stripe_webhooks import about, event, events, signed


@pytest.fixture
def plan(north):
    return a_plan(a_course())


# --- the endpoint ---------------------------------------------------------------------------------------------------
def test_a_signed_event_is_stored_once_however_often_it_comes(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    webhooks = shop.webhooks(3)

    responses = [shop.deliver_webhook(webhook) for webhook in [*webhooks, *webhooks, *webhooks]]
    shop.work()

    assert {response.status_code for response in responses} == {200}
    assert [response.json()["new"] for response in responses] == [True] * 3 + [False] * 6
    assert events().count() == 3
    assert reload(order).status == Order.Status.PAID
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "signature_of",
    [
        pytest.param(lambda body: "", id="none"),
        pytest.param(lambda body: "t=1,v1=zz", id="rubbish"),
        pytest.param(lambda body: signed(body, secret="whsec_forged"), id="forged"),
        pytest.param(lambda body: signed(body + b" "), id="another body"),
        pytest.param(lambda body: signed(body, at=time.time() - 301), id="old"),
        pytest.param(lambda body: "t=é,v1=é", id="not ASCII"),
    ],
)
def test_what_is_not_signed_here_and_now_is_refused_and_forgotten(shop: Shop, learner, plan, signature_of):
    order, attempt = shop.buy(learner, plan.slug)
    body = about(attempt)

    response = shop.post_webhook(body, signature_of(body))

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "bad_signature"
    assert not events().exists()
    assert shop.post_webhook(body, signed(body)).status_code == 200
    assert reload(order).status == Order.Status.PENDING


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}", b"[" * 100_000, event(id=None), event(id="e" * 121),
     event(type="t" * 81), event(data=None), event(account="\0"), event(created="now")],
)  # fmt: skip
def test_rubbish_is_refused_even_when_signed(shop: Shop, body):
    assert shop.post_webhook(body, signed(body)).status_code == 400
    assert not events().exists()


def test_a_large_message_is_not_read(shop: Shop):
    body = event(padding="x" * api_v1.MAX_EVENT_SIZE)

    assert shop.post_webhook(body, signed(body)).status_code == 413
    assert shop.post_webhook(body[:20], "").status_code == 400


def test_a_webhook_takes_posts_only(shop: Shop):
    from django.test import Client

    client = Client(headers={"host": "north.localhost"})

    assert client.get("/hooks/stripe/").status_code == 405
    assert client.put("/hooks/stripe/").status_code == 405


def test_an_academy_without_an_account_hears_nobody(north, settings):
    from django.test import Client

    settings.STRIPE_SECRET_KEY = ""
    body = event()
    headers = {"host": "north.localhost", "stripe-signature": signed(body, "whsec_x")}

    response = Client().post("/hooks/stripe/", body, content_type="application/json", headers=headers)

    assert response.status_code == 400


def test_a_browser_session_changes_nothing_and_needs_no_token_against_forgery(shop: Shop, learner):
    from django.test import Client

    client = Client(enforce_csrf_checks=True, headers={"host": "north.localhost"})
    client.force_login(learner)
    body = event()

    response = client.post(
        "/hooks/stripe/", body, content_type="application/json", headers={"stripe-signature": signed(body)}
    )

    assert response.status_code == 200


# --- what it leads to -----------------------------------------------------------------------------------------------
def test_an_event_that_lies_is_not_believed(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    body = about(attempt)

    assert shop.post_webhook(body, signed(body)).status_code == 200
    shop.work()

    assert events().get().status == WebhookEvent.Status.HANDLED
    assert reload(order).status == Order.Status.PENDING
    assert not Entitlement.objects.exists()


@pytest.mark.parametrize("order_of", ["reversed", "shuffled"])
def test_events_in_any_order_and_many_times_end_the_same(shop: Shop, learner, plan, order_of):
    shop.standin.webhooks(paused=True, copies=4, order=order_of)
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt, DECLINED)
    shop.pay(attempt)
    shop.standin.webhooks(paused=False)

    shop.deliver_webhooks(16)

    assert reload(order).status == Order.Status.PAID
    assert Entitlement.objects.count() == 1
    assert [mail.kind for mail in Delivery.objects.all()] == ["order_paid"]
    assert Entry.objects.filter(verb="checkout.payment_confirmed").count() == 1


def test_a_refund_told_before_its_payment_ends_refunded(shop: Shop, learner, plan):
    from commerce.gateways.types import RefundRequest

    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    reference = gateway.current().read(attempt.reference).payment_reference
    gateway.current().refund(RefundRequest("outside", reference, 4900, "GBP"))

    webhooks = shop.webhooks(5)
    for webhook in reversed(webhooks):
        shop.deliver_webhook(webhook)
        shop.work()

    assert reload(order).status == Order.Status.REFUNDED
    assert Entitlement.objects.get().revoked_at
    assert not any(event.status == WebhookEvent.Status.FAILED for event in events())


@pytest.mark.parametrize(
    "webhook_object",
    [
        {"object": "checkout.session", "id": "cs_test_unknown"},
        {"object": "payment_intent", "id": "pi_unknown"},
        {"object": "charge", "id": "ch_unknown", "payment_intent": "pi_unknown"},
        {"object": "customer", "id": "cus_1"},
        {"object": "refund", "id": "re_1", "payment_intent": None, "metadata": {"attempt_id": "no-uuid"}},
    ],
)
def test_an_event_about_something_unknown_is_put_aside(shop: Shop, webhook_object):
    body = event(data={"object": webhook_object})

    assert shop.post_webhook(body, signed(body)).status_code == 200
    shop.work()

    assert events().get().status == WebhookEvent.Status.IGNORED


@pytest.mark.parametrize("kind", ["created", "closed", "funds_withdrawn"])
def test_a_dispute_is_kept_to_be_read_and_changes_nothing(shop: Shop, learner, finance, plan, monkeypatch, kind):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    shop.deliver_webhooks(3)
    payment = order.attempts.get().payment_reference
    dispute = {
        "object": "dispute",
        "id": "dp_1",
        "payment_intent": payment,
        "metadata": {"attempt_id": str(attempt.pk)},
    }
    body = event(id="evt_dispute", type=f"charge.dispute.{kind}", data={"object": dispute})
    # Nobody is asked about it, so nothing can fail and be tried for ever.
    monkeypatch.setattr(gateway.TransactionGuard, "read", None)

    assert [shop.post_webhook(body, signed(body)).status_code for _ in range(2)] == [200, 200]
    shop.work()
    inbox.sweep(now=clock.now() + timedelta(hours=1))

    stored = events().get(external_id="evt_dispute")
    assert (stored.status, stored.attempts, stored.error) == (WebhookEvent.Status.IGNORED, 1, "")
    assert reload(order).status == Order.Status.PAID
    reader = Client(headers={"host": shop.host})
    reader.force_login(finance)
    page = reader.get(reverse("inbox_event_modeladmin_index"), {"q": "evt_dispute"}).content.decode()
    assert f"charge.dispute.{kind}" in page
    assert "Not handled" in re.sub(r"<nav.*?</nav>|<form.*?</form>", "", page, flags=re.S)


@pytest.mark.usefixtures("impatient")
def test_an_event_that_comes_while_the_provider_is_away_is_handled_later(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    webhook = shop.webhooks(3)[-1]
    shop.standin.faults(fail={"times": 3, "status": 500})

    assert shop.deliver_webhook(webhook).status_code == 200
    shop.work()
    assert events().get().status == WebhookEvent.Status.RETRYING
    shop.work()

    assert events().get().status == WebhookEvent.Status.HANDLED
    assert reload(order).status == Order.Status.PAID


def test_an_event_that_our_own_key_does_not_open_is_kept_for_later(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    webhook = shop.webhooks(3)[-1]
    right = PaymentAccount.objects.get().encrypted_key
    PaymentAccount.objects.update(encrypted_key=encrypt("sk_live_wrong"))
    shop.deliver_webhook(webhook)
    shop.work()
    assert events().get().status == WebhookEvent.Status.RETRYING

    PaymentAccount.objects.update(encrypted_key=right)
    shop.work()

    assert reload(order).status == Order.Status.PAID


def test_replaying_a_handled_event_does_nothing_twice(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    shop.deliver_webhooks(3)

    for each in events():
        inbox.handle(event_id=str(each.pk), now=clock.now(), again=True)

    assert reload(order).status == Order.Status.PAID
    assert Entry.objects.filter(verb="checkout.payment_confirmed").count() == 1
