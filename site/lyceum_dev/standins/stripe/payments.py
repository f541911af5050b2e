"""The actions of a buyer on the hosted page."""

from enum import StrEnum

from lyceum_dev.standins.stripe import intents, sessions
from lyceum_dev.standins.stripe.object_factory import ObjectFactory
from lyceum_dev.standins.stripe.store import Json
from lyceum_dev.standins.stripe.test_cards import Card


class Step(StrEnum):
    """The state of a session, which decides the page to show."""

    PAY = "pay"
    CONFIRM = "confirm"
    DONE = "done"
    EXPIRED = "expired"


def step(factory: ObjectFactory, session: Json) -> Step:
    if session["status"] != "open":
        return Step.DONE if session["status"] == "complete" else Step.EXPIRED
    intent = _intent(factory, session)
    return Step.CONFIRM if intent and intent["status"] == "requires_action" else Step.PAY


def pay(factory: ObjectFactory, session: Json, card: Card, email: str = "") -> Json:
    """Pay with a card. Returns the intent; a session that isn't open for payment is left unchanged."""
    if email and not session["customer_email"]:
        session["customer_details"] = {**sessions.NOBODY, "email": email}
    if session["amount_total"] == 0:
        return _complete(factory, session, None)
    intent = _intent(factory, session)
    if intent is None:
        intent = intents.begin(factory, session["amount_total"], session["currency"], session["_intent"])
        session["payment_intent"] = intent["id"]
    factory.save(session, due_at=session["expires_at"])
    intents.attempt(factory, intent, card)
    if intent["status"] == "succeeded":
        _complete(factory, session, intent)
    return intent


def confirm(factory: ObjectFactory, session: Json, *, agreed: bool) -> Json:
    """Confirm or refuse a payment that requires confirmation."""
    intent = factory.get("payment_intent", session["payment_intent"])
    if agreed:
        intents.succeed(factory, intent)
        return _complete(factory, session, intent)
    return intents.decline(
        factory,
        intent,
        "payment_intent_authentication_failure",
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    )


def _intent(factory: ObjectFactory, session: Json) -> Json | None:
    return factory.get("payment_intent", session["payment_intent"]) if session["payment_intent"] else None


def _complete(factory: ObjectFactory, session: Json, intent: Json | None) -> Json:
    session |= {"status": "complete", "url": None}
    if intent:
        session["payment_status"] = "paid"
    session["customer_details"] = session["customer_details"] or {**sessions.NOBODY, "email": None}
    factory.save(session)
    factory.emit("checkout.session.completed", session)
    return intent or session
