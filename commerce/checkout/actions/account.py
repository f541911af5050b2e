"""Connecting an academy with its account at the payment provider."""

from datetime import datetime

from django.db import transaction

from academies.journal import actions as journal
from academies.people.models import User
from commerce.checkout.actions import till
from commerce.checkout.models import PaymentAccount


def connect_account(*, secret_key: str, webhook_url: str, now: datetime, by: User | None = None) -> PaymentAccount:
    """Have the provider send its messages here, and store the key with the secret they are signed with.

    Not in a transaction. Doing so again replaces the secret; what was still under way is found by `reconcile`.
    Raises what the gateway raises: GatewayRefused("not_configured") for a wrong key, GatewayUnavailable.
    """
    webhook_secret = till.with_key(secret_key).ensure_webhook(webhook_url)
    with transaction.atomic():
        account, _ = PaymentAccount.objects.update_or_create(
            provider=till.PROVIDER, defaults={"secret_key": secret_key, "webhook_secret": webhook_secret}
        )
        journal.record("checkout.account_connected", of=account, by=by, at=now, webhook_url=webhook_url)
    return account
