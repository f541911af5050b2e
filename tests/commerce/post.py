"""Messages of the payment provider, true and forged."""

import json
import time
from typing import Any

from django.db.models import QuerySet

from academies.inbox.models import Event
from commerce.checkout.models import PaymentAccount, PaymentAttempt
from lyceum_dev.standins.stripe.webhook_sender import signature


def event(**changes: Any) -> bytes:
    usual: dict[str, Any] = {
        "id": "evt_1", "object": "event", "type": "checkout.session.completed", "created": int(time.time()),
        "livemode": False, "data": {"object": {"object": "checkout.session", "id": "cs_test_1"}},
    }  # fmt: skip
    return json.dumps(usual | changes).encode()


def about(attempt: PaymentAttempt, **changes: Any) -> bytes:
    """An event that names an attempt by everything there is."""
    told = {
        "object": "checkout.session", "id": attempt.reference, "client_reference_id": str(attempt.pk),
        "payment_intent": "pi_x", "payment_status": "paid", "amount_total": attempt.amount_minor,
    }  # fmt: skip
    return event(data={"object": told}, **changes)


def signed(body: bytes, secret: str = "", at: float = 0) -> str:
    """Sign a message with the secret of the academy entered, or with another."""
    secret = secret or PaymentAccount.objects.get().webhook_secret
    return signature(secret, body.decode("utf-8", "replace"), int(at or time.time()))


def events() -> QuerySet[Event]:
    """What north and south were told: the inbox is one table for all academies."""
    return Event.objects.filter(account__in=["north", "south"])
