"""Payment accounts: each academy sells through its own and verifies webhooks with its secret."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from academies.journal.models import Entry
from academies.kernel import clock
from commerce.checkout import actions, gateway, queries, refusals
from commerce.checkout.models import PaymentAccount
from commerce.checkout.types import CheckoutRequest, Item
from commerce.gateways.port import GatewayRefused
from tests.fixtures.payment_factory import Shop
from tests.fixtures.product_factory import a_course, a_plan
from tests.fixtures.stripe_webhooks import event, signed


def test_connecting_stores_the_key_with_the_secret_of_its_messages(shop: Shop):
    account = PaymentAccount.objects.get()

    assert account.secret_key.startswith("sk_test_north")
    assert account.webhook_secret.startswith("whsec_")
    entry = Entry.objects.get(verb="checkout.account_connected")
    assert account.secret_key not in str(entry.details)
    assert account.webhook_secret not in str(entry.details)


def test_connecting_again_replaces_the_secret_and_the_old_one_is_not_believed(shop: Shop):
    before = PaymentAccount.objects.get()
    url = Entry.objects.get(verb="checkout.account_connected").details["webhook_url"]

    after = actions.connect_account(provider="stripe", secret_key=before.secret_key, webhook_url=url, now=clock.now())

    assert (after.pk, PaymentAccount.objects.count()) == (before.pk, 1)
    body = event()
    assert shop.post_webhook(body, signed(body, before.webhook_secret)).status_code == 400
    assert shop.post_webhook(body, signed(body, after.webhook_secret)).status_code == 200


def test_a_wrong_key_connects_nothing(north, standin):
    with pytest.raises(GatewayRefused) as refused:
        actions.connect_account(
            provider="stripe", secret_key="sk_live_x", webhook_url="http://127.0.0.1:9/", now=clock.now()
        )

    assert refused.value.code == "not_configured"
    assert not PaymentAccount.objects.exists()


def test_the_command_reads_the_key_from_a_pipe_and_names_who_is_unknown(north, standin, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", StringIO("sk_test_north\n"))
    call_command("connect_payments", "north")

    assert PaymentAccount.objects.get().secret_key == "sk_test_north"
    assert Entry.objects.get(verb="checkout.account_connected").details["webhook_url"].endswith("/hooks/stripe/")
    assert "sk_test" not in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", StringIO("sk_test_north\n"))
    with pytest.raises(CommandError, match="no academy called nroth"):
        call_command("connect_payments", "nroth")


def test_without_an_account_of_its_own_an_academy_uses_the_deployments(north, learner, standin, settings):
    a_plan(a_course())
    item = Item(plan="sourdough")
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(refusals.PaymentsNotSetUp):
        actions.place_order(person=learner, checkout_request=CheckoutRequest([item]), now=clock.now())

    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_everybody", "whsec_everybody"
    _, attempt = actions.place_order(person=learner, checkout_request=CheckoutRequest([item]), now=clock.now())

    assert attempt.url.startswith(standin.base_url)
    body = event()
    assert gateway.current().read_event({"Stripe-Signature": signed(body, "whsec_everybody")}, body).id == "evt_1"


def test_the_setting_lists_the_providers(shop: Shop, settings):
    assert list(queries.providers()) == ["stripe", "manual"]
    assert gateway.named("stripe").name == "stripe"

    settings.PAYMENT_PROVIDERS = ["commerce.gateways.manual"]

    assert list(queries.providers()) == ["manual"]
    with pytest.raises(refusals.PaymentsNotSetUp):
        gateway.named("stripe")
