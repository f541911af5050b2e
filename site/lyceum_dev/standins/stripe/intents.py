"""PaymentIntents and charges: /v1/payment_intents, /v1/charges."""

import stripe

from lyceum_dev.standins.stripe import errors, expand, response_objects, test_cards
from lyceum_dev.standins.stripe.object_factory import ObjectFactory, new_id
from lyceum_dev.standins.stripe.store import Json
from lyceum_dev.standins.stripe.test_cards import ASKS, DECLINED, Card

KIND = "payment_intent"
_LEFT_OUT = {"customer", "customer_account", "transfer_data", "on_behalf_of", "application_fee_amount", "mandate"}
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action", "processing")


def create(factory: ObjectFactory, params: Json) -> Json:
    for name in sorted(_LEFT_OUT & set(params)):
        raise errors.unsupported(name, name)
    if params.get("capture_method", "automatic") == "manual":
        raise errors.unsupported("manual capture", "capture_method")
    if params["amount"] < 1:
        raise errors.invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    intent = begin(factory, params["amount"], params["currency"], params)
    if params.get("payment_method"):
        intent |= {"payment_method": params["payment_method"], "status": "requires_confirmation"}
        factory.save(intent)
    return confirm(factory, {}, intent["id"]) if params.get("confirm") else intent


def begin(factory: ObjectFactory, amount: int, currency: str, more: Json) -> Json:
    """Create an intent. more: metadata, description, receipt_email, statement_descriptor and so on."""
    identifier = new_id("pi_3")
    intent = response_objects.blank(
        stripe.PaymentIntent,
        id=identifier,
        object=KIND,
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        automatic_payment_methods={"allow_redirects": "always", "enabled": True},
        capture_method="automatic_async",
        client_secret=f"{identifier}_secret_{new_id('x', 24)[2:]}",
        confirmation_method="automatic",
        created=factory.seconds,
        currency=currency.lower(),
        livemode=False,
        metadata=more.get("metadata") or {},
        payment_method_options={"card": {"installments": None, "network": None, "request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        status="requires_payment_method",
        **{
            name: more[name]
            for name in ("description", "receipt_email", "statement_descriptor", "transfer_group")
            if name in more
        },
    )
    factory.save(intent)
    factory.emit("payment_intent.created", intent)
    return intent


def confirm(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    intent = factory.get(KIND, identifier, "intent")
    method = params.get("payment_method") or intent["payment_method"]
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise _unexpected("confirm", intent)
    card = test_cards.by_method(method or "")
    if card is None:
        raise errors.no_such("PaymentMethod", method or "", "payment_method")
    attempt(factory, intent, card, method)
    # A decline isn't rolled back: the failed charge is stored.
    return intent | {"_status": 402} if intent["status"] == "requires_payment_method" else intent


def attempt(factory: ObjectFactory, intent: Json, card: Card, method: str | None = None) -> Json:
    """Charge a card for an intent: it succeeds, is declined, or requires confirmation."""
    intent |= {"payment_method": method or new_id("pm_1"), "last_payment_error": None, "next_action": None}
    intent["_card"] = card.number
    if card.outcome == DECLINED:
        return decline(factory, intent, card.code, card.message, card.decline_code)
    if card.outcome == ASKS:
        intent |= {"status": "requires_action", "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}}}
        factory.save(intent)
        factory.emit("payment_intent.requires_action", intent)
        return intent
    return succeed(factory, intent)


def succeed(factory: ObjectFactory, intent: Json) -> Json:
    card = test_cards.by_number(intent["_card"])
    charge = _charge(
        factory, intent, card, status="succeeded", amount_captured=intent["amount"], captured=True, paid=True
    )
    charge["balance_transaction"] = new_id("txn_3")
    factory.save(charge)
    intent |= {
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "last_payment_error": None,
        "next_action": None,
        "status": "succeeded",
    }
    factory.save(intent)
    factory.emit("charge.succeeded", charge)
    factory.emit("payment_intent.succeeded", intent)
    return intent


def decline(factory: ObjectFactory, intent: Json, code: str, message: str, decline_code: str | None = None) -> Json:
    """Record a declined card; the intent waits for another."""
    card = test_cards.by_number(intent["_card"])
    charge = _charge(factory, intent, card, status="failed", failure_code=code, failure_message=message)
    factory.save(charge)
    intent |= {
        "last_payment_error": {
            "type": "card_error",
            "charge": charge["id"],
            "code": code,
            "decline_code": decline_code,
            "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
            "message": message,
        },
        "latest_charge": charge["id"],
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    factory.save(intent)
    factory.emit("charge.failed", charge)
    factory.emit("payment_intent.payment_failed", intent)
    return intent


def _charge(factory: ObjectFactory, intent: Json, card: Card, **values: object) -> Json:
    nobody = {"address": None, "email": intent["receipt_email"], "name": None, "phone": None, "tax_id": None}
    usual = {"amount_captured": 0, "amount_refunded": 0, "captured": False, "paid": False}
    return response_objects.blank(
        stripe.Charge,
        **{
            **usual,
            "id": new_id("ch_3"),
            "object": "charge",
            "amount": intent["amount"],
            "billing_details": nobody,
            "created": factory.seconds,
            "currency": intent["currency"],
            "description": intent["description"],
            "disputed": False,
            "fraud_details": {},
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "outcome": _outcome(str(values["status"])),
            "payment_intent": intent["id"],
            "payment_method": intent["payment_method"],
            "payment_method_details": {"card": _card_details(card), "type": "card"},
            "receipt_email": intent["receipt_email"],
            "refunded": False,
            **values,
            "_refund": card.refund,
        },
    )


def _outcome(status: str) -> Json:
    paid = status == "succeeded"
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network" if paid else "declined_by_network",
        "reason": None if paid else "generic_decline",
        "risk_level": "normal",
        "seller_message": "Payment complete." if paid else "The bank did not return any further details.",
        "type": "authorized" if paid else "issuer_declined",
    }


def _card_details(card: Card) -> Json:
    kind = stripe.Charge.PaymentMethodDetails.Card
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    return response_objects.blank(
        kind, brand=card.brand, checks=checks, country="US", exp_month=12, exp_year=2034, funding="credit",
        last4=card.number[-4:], network=card.brand,
    )  # fmt: skip


def cancel(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    intent = factory.get(KIND, identifier, "intent")
    if intent["status"] not in _OPEN:
        raise _unexpected("cancel", intent)
    intent |= {
        "status": "canceled",
        "canceled_at": factory.seconds,
        "cancellation_reason": params.get("cancellation_reason"),
        "next_action": None,
    }
    factory.save(intent)
    factory.emit("payment_intent.canceled", intent)
    return intent


def _unexpected(verb: str, intent: Json) -> errors.ApiError:
    message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
    return errors.invalid(message, code="payment_intent_unexpected_state")


def retrieve(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    return factory.get(KIND, identifier, "intent")


def listed(factory: ObjectFactory, params: Json) -> Json:
    matching = [] if "customer" in params else factory.find(KIND)
    return expand.page(factory, "/v1/payment_intents", matching, params)


def retrieve_charge(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    return factory.get("charge", identifier, "charge")


def list_charges(factory: ObjectFactory, params: Json) -> Json:
    filters = {"payment_intent": params["payment_intent"]} if "payment_intent" in params else {}
    return expand.page(factory, "/v1/charges", factory.find("charge", **filters), params)
