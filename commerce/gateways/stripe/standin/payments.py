"""What a buyer does on the hosted page."""

from enum import StrEnum

from commerce.gateways.stripe.standin import intents, sessions
from commerce.gateways.stripe.standin.cards import Card
from commerce.gateways.stripe.standin.store import Json
from commerce.gateways.stripe.standin.till import Till


class Step(StrEnum):
    """Where a session stands: the page to show."""

    PAY = "pay"
    CONFIRM = "confirm"
    DONE = "done"
    EXPIRED = "expired"


def step(till: Till, session: Json) -> Step:
    if session["status"] != "open":
        return Step.DONE if session["status"] == "complete" else Step.EXPIRED
    intent = _intent(till, session)
    return Step.CONFIRM if intent and intent["status"] == "requires_action" else Step.PAY


def pay(till: Till, session: Json, card: Card, email: str = "") -> Json:
    """Try a card. Returns the intent; a session that is not open for a card is left as it is."""
    if email and not session["customer_email"]:
        session["customer_details"] = {**sessions.NOBODY, "email": email}
    if session["amount_total"] == 0:
        return _complete(till, session, None)
    intent = _intent(till, session)
    if intent is None:
        intent = intents.begin(till, session["amount_total"], session["currency"], session["_intent"])
        session["payment_intent"] = intent["id"]
    till.save(session, due_at=session["expires_at"])
    intents.attempt(till, intent, card)
    if intent["status"] == "succeeded":
        _complete(till, session, intent)
    return intent


def confirm(till: Till, session: Json, *, agreed: bool) -> Json:
    """The holder agrees to the payment that the card asked about, or does not."""
    intent = till.get("payment_intent", session["payment_intent"])
    if agreed:
        intents.succeed(till, intent)
        return _complete(till, session, intent)
    return intents.decline(
        till,
        intent,
        "payment_intent_authentication_failure",
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    )


def _intent(till: Till, session: Json) -> Json | None:
    return till.get("payment_intent", session["payment_intent"]) if session["payment_intent"] else None


def _complete(till: Till, session: Json, intent: Json | None) -> Json:
    session |= {"status": "complete", "url": None}
    if intent:
        session["payment_status"] = "paid"
    session["customer_details"] = session["customer_details"] or {**sessions.NOBODY, "email": None}
    till.save(session)
    till.emit("checkout.session.completed", session)
    return intent or session
