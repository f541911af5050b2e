"""Translate Stripe's objects, as plain dicts, into the port's types. Pure: no calls."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from commerce.gateways.stripe.amounts import from_stripe, to_stripe
from commerce.gateways.types import (
    PaymentEvent,
    PaymentState,
    RefundState,
    RemotePayment,
    RemoteRefund,
    SessionRequest,
)

Json = Mapping[str, Any]

# Stripe takes an expiry of 30 minutes to 24 hours from the moment it is asked; the margin is for asking again.
SHORTEST_SECONDS = 35 * 60
LONGEST_SECONDS = 24 * 3600 - 5 * 60
# Events of this object are stored for people to read: they name a payment, but change no order.
DISPUTE = "dispute"
_REFUNDS = {"succeeded": RefundState.DONE, "failed": RefundState.FAILED, "canceled": RefundState.FAILED}


def session_params(request: SessionRequest) -> dict[str, Any]:
    """Return the parameters of a Checkout Session: the same for the same request, whenever it is sent."""
    opened = int(request.opened_at.timestamp())
    expires = int(request.expires_at.timestamp())
    ours = {
        **request.metadata,
        "attempt_id": request.attempt_id,
        "order_id": request.order_id,
        "order_number": request.order_number,
        "academy": request.academy,
    }
    params: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": request.attempt_id,
        "line_items": _line_items(request),
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": min(max(expires, opened + SHORTEST_SECONDS), opened + LONGEST_SECONDS),
        "metadata": ours,
        # Copied, because events about intents, charges and refunds don't carry the session.
        "payment_intent_data": {"metadata": ours, "description": f"{request.academy} {request.order_number}"},
    }
    if request.customer_email:
        params["customer_email"] = request.customer_email
    return params


def _line_items(request: SessionRequest) -> list[dict[str, Any]]:
    currency = request.currency
    # Stripe takes 100 lines; a discount or a tax on top is ours to work out, so then one line carries the total.
    sum_minor = sum(line.quantity * line.unit_minor for line in request.lines)
    if sum_minor == request.total_minor and len(request.lines) <= 100:
        return [_line_item(line.title, line.quantity, line.unit_minor, currency) for line in request.lines]
    item = _line_item(f"Order {request.order_number}", 1, request.total_minor, currency)
    listed = ", ".join(f"{line.quantity} x {line.title}" for line in request.lines)
    if listed:
        item["price_data"]["product_data"]["description"] = listed[:500]
    return [item]


def _line_item(title: str, quantity: int, unit_minor: int, currency: str) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": to_stripe(unit_minor, currency),
            "product_data": {"name": title.strip()[:250] or "Item"},
        },
    }


def payment(session: Json, refunds: Iterable[Json] = ()) -> RemotePayment:
    """Read a Checkout Session whose payment_intent.latest_charge is expanded."""
    metadata = session.get("metadata") or {}
    currency = str(session.get("currency") or "").upper()
    return RemotePayment(
        reference=session["id"],
        state=_state(session),
        amount_minor=from_stripe(session.get("amount_total") or 0, currency),
        currency=currency,
        payment_reference=identifier(session.get("payment_intent")),
        attempt_id=session.get("client_reference_id") or metadata.get("attempt_id"),
        order_id=metadata.get("order_id"),
        refunds=tuple(refund(fields) for fields in refunds),
    )


def _state(session: Json) -> PaymentState:
    if session["status"] == "open":
        return PaymentState.OPEN
    if session["status"] == "expired":
        return PaymentState.EXPIRED
    if session["payment_status"] in ("paid", "no_payment_required"):
        return PaymentState.PAID
    # Completed and unpaid: a slow method, such as a bank debit, is under way or has failed.
    intent = session.get("payment_intent")
    ended = isinstance(intent, Mapping) and intent.get("status") in ("canceled", "requires_payment_method")
    return PaymentState.FAILED if ended else PaymentState.PROCESSING


def refund(fields: Json) -> RemoteRefund:
    currency = fields["currency"].upper()
    metadata = fields.get("metadata") or {}
    return RemoteRefund(
        reference=fields["id"],
        state=_REFUNDS.get(fields.get("status") or "", RefundState.PENDING),
        amount_minor=from_stripe(fields["amount"], currency),
        currency=currency,
        refund_id=metadata.get("refund_id"),
        reason=metadata.get("reason") or fields.get("reason") or "",
    )


def identifier(value: Any) -> str | None:
    """Return the id of a related object, expanded or not."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, str) and value else None


def event(body: bytes) -> PaymentEvent:
    """Read a verified body. Raises ValueError when it is no event, whatever else it may be."""
    payload = json.loads(body)
    if not isinstance(payload, dict) or payload.get("object") != "event":
        raise ValueError("not an event")
    data = payload.get("data")
    subject = data.get("object") if isinstance(data, dict) else None
    if not isinstance(subject, dict):
        raise ValueError("an event about nothing")
    about_payment = subject.get("object") != DISPUTE
    session, intent = _references(subject) if about_payment else (None, None)
    return PaymentEvent(
        id=_text(payload, "id"),
        kind=_text(payload, "type"),
        created_at=_when(payload.get("created")),
        reference=session,
        payment_reference=intent,
        attempt_id=_attempt(subject) if about_payment else None,
        payload=payload,
    )


def _references(subject: Json) -> tuple[str | None, str | None]:
    kind, own = subject.get("object"), identifier(subject)
    if kind == "payment_intent":
        return None, own
    return (own if kind == "checkout.session" else None), identifier(subject.get("payment_intent"))


def _attempt(subject: Json) -> str | None:
    metadata = subject.get("metadata")
    named = metadata.get("attempt_id") if isinstance(metadata, Mapping) else None
    chosen = subject.get("client_reference_id") or named
    return chosen if isinstance(chosen, str) else None


def _text(payload: Json, name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"an event without {name}")
    return value


def _when(value: Any) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("an event without a time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("an event from no known time") from error
