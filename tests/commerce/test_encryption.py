"""Encryption of payment secrets in the database."""

import logging
from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from academies.kernel import clock
from commerce.checkout import actions, encryption, gateway, invariants, refusals
from commerce.checkout.models import PaymentAccount
from commerce.checkout.types import CheckoutRequest, Item
from tests.fixtures.payment_factory import Shop
from tests.fixtures.product_factory import a_course, a_plan
from tests.fixtures.stripe_webhooks import event, signed


def the_row() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT account::text FROM checkout_paymentaccount account")
        return str(cursor.fetchall())


def test_the_row_of_an_account_holds_neither_secret(shop: Shop):
    account = PaymentAccount.objects.get()

    row = the_row()

    assert account.encrypted_key in row
    for secret in (account.secret_key, account.webhook_secret):
        assert secret.startswith(("sk_test_", "whsec_"))
        assert secret not in row
        assert secret not in repr(account) + str(vars(account))


def test_the_same_secret_is_never_stored_the_same_way():
    assert encryption.encrypt("sk_live_x") != encryption.encrypt("sk_live_x")
    assert encryption.decrypt(encryption.encrypt("sk_live_x")) == "sk_live_x"
    assert encryption.decrypt(encryption.encrypt("")) == ""


def test_an_older_key_opens_until_everything_is_sealed_anew(shop: Shop, settings):
    settings.SEALING_KEYS = ["the old one"]
    PaymentAccount.objects.update(encrypted_key=encryption.encrypt("sk_test_kept"))

    settings.SEALING_KEYS = ["the new one", "the old one"]
    before = PaymentAccount.objects.get()
    PaymentAccount.objects.update(encrypted_webhook_secret=encryption.encrypt("whsec_kept"))
    assert actions.rotate_key(now=clock.now())

    settings.SEALING_KEYS = ["the new one"]
    after = PaymentAccount.objects.get()
    assert (after.secret_key, after.webhook_secret) == ("sk_test_kept", "whsec_kept")
    with pytest.raises(encryption.CannotDecrypt):
        _ = before.secret_key


def test_without_its_own_key_a_deployment_seals_with_its_secret_key_and_opens_with_former_ones(settings):
    settings.SEALING_KEYS, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = [], "former", []
    sealed = encryption.encrypt("sk_live_x")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "present", ["former"]

    assert encryption.decrypt(sealed) == "sk_live_x"


def test_an_account_that_no_key_opens_sells_nothing_hears_nobody_and_says_so(shop: Shop, learner, settings, caplog):
    plan, account, body = a_plan(a_course()), PaymentAccount.objects.get(), event()
    secrets, signature = (account.secret_key, account.webhook_secret), signed(body)
    settings.SEALING_KEYS = ["somebody else's"]

    with caplog.at_level(logging.DEBUG), pytest.raises(refusals.PaymentsNotSetUp):
        actions.place_order(person=learner, checkout_request=CheckoutRequest([Item(plan=plan.slug)]), now=clock.now())

    assert shop.post_webhook(body, signature).status_code == 400
    assert "north can't be decrypted" in caplog.text
    assert not any(secret in caplog.text for secret in secrets)
    assert any("can't be decrypted" in violation for violation in invariants.violations(now=clock.now()))


def test_connecting_again_makes_it_good(shop: Shop, settings):
    key = PaymentAccount.objects.get().secret_key
    settings.SEALING_KEYS = ["another"]

    actions.connect_account(provider="stripe", secret_key=key, webhook_url="http://127.0.0.1:9/north/", now=clock.now())

    assert gateway.current()
    assert invariants.violations(now=clock.now()) == []


def test_what_was_stored_plainly_is_sealed_by_the_migration_and_opened_by_its_way_back(north):
    migration = import_module("commerce.checkout.migrations.0004_sealed_account")
    apps = MigrationLoader(None).project_state(("checkout", "0004_sealed_account")).apps
    PaymentAccount.objects.create(encrypted_key="sk_live_plain", encrypted_webhook_secret="whsec_plain")

    migration.seal(apps, None)

    account = PaymentAccount.objects.get()
    assert "plain" not in the_row()
    assert (account.secret_key, account.webhook_secret) == ("sk_live_plain", "whsec_plain")

    migration.unseal(apps, None)

    assert "sk_live_plain" in the_row()


def test_the_command_goes_through_every_academy_and_names_those_it_cannot_open(shop: Shop, settings, capsys):
    call_command("reseal")
    assert "north: encrypted with the first key" in capsys.readouterr().out

    settings.SEALING_KEYS = ["somebody else's"]
    with pytest.raises(CommandError, match="north"):
        call_command("reseal")
