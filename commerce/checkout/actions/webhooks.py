"""Connecting an academy's account with its provider, and handling the events that the provider sends.

An event is verified, stored once, and then only a reason to read the payment again: a forged, late or foreign one can at
most cost a request.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academies.inbox import actions as inbox
from academies.inbox.models import WebhookEvent
from academies.inbox.registry import SourceUnavailable
from academies.journal import actions as journal
from academies.kernel.errors import Invalid, NotFound
from academies.people.models import User
from academies.tenants.context import current_schema
from commerce.checkout import encryption, gateway, queries, refusals
from commerce.checkout.actions.payment import settle
from commerce.checkout.models import PaymentAccount, PaymentAttempt
from commerce.gateways.port import BadSignature, GatewayRefused, GatewayUnavailable
from commerce.gateways.types import RemotePayment

logger = logging.getLogger(__name__)

_MAX_ID_LENGTH, _MAX_KIND_LENGTH = 120, 80


class BadWebhookSignature(Invalid):
    code = "bad_signature"
    message = _("This is not signed by the payment provider with this academy's secret.")


def connect_account(
    *, provider: str, secret_key: str, webhook_url: str, now: datetime, by: User | None = None
) -> PaymentAccount:
    """Have a provider send its events here, and store the account's key with the secret that signs them.

    Not in a transaction. Repeated, it replaces the secret; what was still on its way is found by `reconcile_payments`.
    Raises PaymentsNotSetUp for a provider that takes no key, and what the gateway raises:
    GatewayRefused("not_configured") for a wrong key, GatewayUnavailable.
    """
    webhook_secret = gateway.with_key(provider, secret_key).ensure_webhook(webhook_url)
    with transaction.atomic():
        account, _created = PaymentAccount.objects.update_or_create(
            provider=provider,
            defaults={
                "encrypted_key": encryption.encrypt(secret_key),
                "encrypted_webhook_secret": encryption.encrypt(webhook_secret),
            },
        )
        journal.record("checkout.account_connected", of=account, by=by, at=now, webhook_url=webhook_url)
    return account


@transaction.atomic
def rotate_key(*, now: datetime) -> bool:
    """Encrypt the secrets of the academy's accounts with the deployment's first key, so that older keys can be dropped.

    Returns whether there is an account. Raises CannotDecrypt if no key decrypts one any more: connect it again.
    """
    accounts = list(PaymentAccount.objects.select_for_update(no_key=True).order_by("pk"))
    for account in accounts:
        account.encrypted_key = encryption.encrypt(account.secret_key)
        account.encrypted_webhook_secret = encryption.encrypt(account.webhook_secret)
        account.save()
        journal.record("checkout.account_resealed", of=account, at=now)
    return bool(accounts)


def receive(*, provider: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Verify an event and store it once; a task handles it after commit. Returns whether it is new.

    The academy is the one of the host: its own secret has to fit.  Raises BadWebhookSignature, NotFound for a provider
    that sends no events.
    """
    declared = queries.providers().get(provider)
    if declared is None or not declared.is_remote:
        raise NotFound()
    try:
        event = gateway.named(provider).read_event(headers, body)
    except (BadSignature, refusals.PaymentsNotSetUp) as error:
        raise BadWebhookSignature() from error
    # PostgreSQL stores no NUL, and no provider sends one.
    has_nul = b"\\u0000" in body or b"\x00" in body
    if len(event.id) > _MAX_ID_LENGTH or len(event.kind) > _MAX_KIND_LENGTH or has_nul:
        raise BadWebhookSignature()
    names = {"session": event.reference, "payment": event.payment_reference, "attempt_id": event.attempt_id}
    webhook = inbox.ParsedWebhook(
        source=provider, account=current_schema(), external_id=event.id, kind=event.kind,
        payload={"names": names, "event": event.payload}, occurred_at=event.created_at,
    )  # fmt: skip
    return inbox.receive(webhook=webhook, now=now)[1]


def handle(*, event: WebhookEvent, now: datetime) -> bool:
    """Read the payment that an event is about, and settle. Returns False if it is none of this academy's.

    Not in a transaction. What the event claims is not trusted.  Raises SourceUnavailable if the provider can't be called,
    and GatewayRefused if it refuses to answer: then the event is handled again.
    """
    names: dict[str, Any] = event.payload.get("names") or {}
    session, payment = names.get("session"), names.get("payment")
    attempt = queries.find_attempt(
        event.source, attempt_id=names.get("attempt_id"), reference=session, payment_reference=payment
    )
    reference = (attempt.reference if attempt else None) or session or payment
    if reference is None:
        return False
    try:
        remote = gateway.named(event.source).read(reference)
    except GatewayUnavailable as error:
        raise SourceUnavailable(str(error)) from error
    except GatewayRefused as error:
        if error.code != "not_found":
            raise
        logger.warning("event %s is about a payment that the provider doesn't show us: %s", event.external_id, error)
        return False
    attempt = attempt or _attempt_of(event.source, remote)
    if attempt is None:
        return False
    settle(order_id=attempt.order_id, remote=remote, now=now)
    return True


def _attempt_of(provider: str, remote: RemotePayment) -> PaymentAttempt | None:
    return queries.find_attempt(
        provider,
        attempt_id=remote.attempt_id,
        reference=remote.reference,
        payment_reference=remote.payment_reference,
    )
