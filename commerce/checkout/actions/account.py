"""Connecting an academy with its account at the payment provider."""

from datetime import datetime

from django.db import transaction

from academies.journal import actions as journal
from academies.people.models import User
from commerce.checkout import seals
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
            provider=till.PROVIDER,
            defaults={"sealed_key": seals.seal(secret_key), "sealed_webhook_secret": seals.seal(webhook_secret)},
        )
        journal.record("checkout.account_connected", of=account, by=by, at=now, webhook_url=webhook_url)
    return account


@transaction.atomic
def reseal_account(*, now: datetime) -> bool:
    """Seal the account's secrets anew with the deployment's first key, so that an older key can be given up.

    Returns whether there is an account. Raises seals.CannotOpen where no key opens it any more: connect it again.
    """
    account = PaymentAccount.objects.select_for_update(no_key=True).filter(provider=till.PROVIDER).first()
    if account is None:
        return False
    account.sealed_key = seals.seal(account.secret_key)
    account.sealed_webhook_secret = seals.seal(account.webhook_secret)
    account.save()
    journal.record("checkout.account_resealed", of=account, at=now)
    return True
