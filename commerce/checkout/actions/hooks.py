"""What the provider tells us: verified at the door, stored once, and then only a reason to look."""

import logging
from datetime import datetime
from typing import Any

from academies.inbox import actions as inbox
from academies.inbox.models import Event
from academies.inbox.registry import SourceUnavailable
from academies.kernel.errors import Invalid
from academies.tenants.context import current_schema
from commerce.checkout import queries
from commerce.checkout.actions import refusals, till
from commerce.checkout.actions.settlement import settle
from commerce.checkout.models import PaymentAttempt
from commerce.gateways.facts import RemotePayment
from commerce.gateways.port import BadSignature, GatewayRefused, GatewayUnavailable

logger = logging.getLogger(__name__)

_LONGEST_ID, _LONGEST_KIND = 120, 80


class NotSigned(Invalid):
    code = "bad_signature"
    message = "This is not signed by the payment provider with this academy's secret."


def receive(*, body: bytes, signature: str, now: datetime) -> bool:
    """Verify a message and store it once; a task handles it after commit. Returns whether it is new.

    The academy is the one of the host: its own secret has to fit.  Raises NotSigned.
    """
    try:
        event = till.gateway().read_event(body, signature)
    except (BadSignature, refusals.PaymentsNotSetUp) as error:
        raise NotSigned() from error
    # PostgreSQL stores no NUL, and no provider sends one.
    if len(event.id) > _LONGEST_ID or len(event.kind) > _LONGEST_KIND or b"\\u0000" in body or b"\x00" in body:
        raise NotSigned()
    names = {
        "session": event.session_reference,
        "payment": event.payment_reference,
        "attempt_id": event.attempt_id,
    }
    fact = inbox.Fact(
        source=till.PROVIDER, account=current_schema(), external_id=event.id, kind=event.kind,
        payload={"names": names, "event": event.payload}, occurred_at=event.created_at,
    )  # fmt: skip
    return inbox.receive(fact=fact, now=now)[1]


def handle(*, event: Event, now: datetime) -> bool:
    """Look at the payment that an event is about, and settle. Returns False when it is none of this academy's.

    Not in a transaction. What the event claims is not believed.  Raises SourceUnavailable where the provider can't be asked,
    and lets GatewayRefused through where it doesn't say: then the event is handled again.
    """
    names: dict[str, Any] = event.payload.get("names") or {}
    session, payment = names.get("session"), names.get("payment")
    attempt = queries.attempt_named(attempt_id=names.get("attempt_id"), reference=session, payment_reference=payment)
    reference = (attempt.reference if attempt else None) or session or payment
    if reference is None:
        return False
    try:
        remote = till.gateway().read(reference)
    except GatewayUnavailable as error:
        raise SourceUnavailable(str(error)) from error
    except GatewayRefused as error:
        if error.code != "not_found":
            raise
        logger.warning("event %s is about what the provider doesn't show us: %s", event.external_id, error)
        return False
    attempt = attempt or _attempt_of(remote)
    if attempt is None:
        return False
    settle(order_id=attempt.order_id, remote=remote, now=now)
    return True


def _attempt_of(remote: RemotePayment) -> PaymentAttempt | None:
    return queries.attempt_named(
        attempt_id=remote.attempt_id, reference=remote.reference, payment_reference=remote.payment_reference
    )
