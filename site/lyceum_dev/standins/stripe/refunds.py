"""Refunds: /v1/refunds. Never more than was charged."""

import stripe

from commerce.gateways.stripe.amounts import stripe_digits
from lyceum_dev.standins.stripe import errors, expand, response_objects
from lyceum_dev.standins.stripe.object_factory import ObjectFactory, new_id
from lyceum_dev.standins.stripe.store import Json

# Seconds until a slow refund succeeds or fails.
SLOW_SECONDS = 60
_AFTERWARDS = {"done": "succeeded", "later": "pending", "fails": "succeeded"}


def create(factory: ObjectFactory, params: Json) -> Json:
    for name in sorted({"customer", "origin", "instructions_email", "reverse_transfer"} & set(params)):
        raise errors.unsupported(name, name)
    charge = _charge(factory, params)
    amount = _amount(charge, params)
    slow = charge["_refund"] != "done"
    refund = response_objects.blank(
        stripe.Refund,
        id=new_id("re_3"),
        object="refund",
        amount=amount,
        balance_transaction=new_id("txn_3"),
        charge=charge["id"],
        created=factory.seconds,
        currency=charge["currency"],
        destination_details={"card": {"reference_status": "pending", "type": "refund"}, "type": "card"},
        metadata=params.get("metadata") or {},
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status=_AFTERWARDS[charge["_refund"]],
    )
    factory.save(refund, due_at=factory.now + SLOW_SECONDS if slow else None)
    _count(factory, charge, amount)
    factory.emit("charge.refunded", charge)
    factory.emit("refund.created", refund)
    return refund


def _charge(factory: ObjectFactory, params: Json) -> Json:
    if "charge" in params:
        charge = factory.get("charge", params["charge"], "charge")
    elif "payment_intent" in params:
        intent = factory.get("payment_intent", params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise errors.invalid(f"The PaymentIntent {intent['id']} does not have a successful charge to refund.")
        charge = factory.get("charge", intent["latest_charge"])
    else:
        raise errors.invalid("One of the following params should be provided: payment_intent or charge.")
    if not charge["captured"]:
        raise errors.invalid(f"The charge {charge['id']} did not succeed.", "charge")
    return charge


def _amount(charge: Json, params: Json) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise errors.invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = int(params.get("amount", left))
    if amount < 1:
        raise errors.invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        shown, rest = (_shown(value, charge["currency"]) for value in (amount, left))
        raise errors.invalid(f"Refund amount ({shown}) is greater than unrefunded amount on charge ({rest})", "amount")
    return amount


def _shown(amount: int, currency: str) -> str:
    digits = stripe_digits(currency.upper())
    return f"{amount / 10**digits:.{digits}f} {currency.upper()}"


def _count(factory: ObjectFactory, charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    factory.save(charge)


def settle(factory: ObjectFactory, refund: Json) -> Json:
    """Complete a slow refund: it succeeds or fails."""
    charge = factory.get("charge", refund["charge"])
    if charge["_refund"] == "later":
        factory.save(refund | {"status": "succeeded"})
        factory.emit("refund.updated", refund | {"status": "succeeded"})
        return refund
    refund |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": new_id("txn_3"),
    }
    factory.save(refund)
    _count(factory, charge, -refund["amount"])
    factory.emit("refund.failed", refund)
    return refund


def retrieve(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    return factory.get("refund", identifier, "refund")


def listed(factory: ObjectFactory, params: Json) -> Json:
    filters = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    return expand.page(factory, "/v1/refunds", factory.find("refund", **filters), params)
