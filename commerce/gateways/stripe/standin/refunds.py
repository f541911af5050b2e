"""Refunds: /v1/refunds. Never more than was charged."""

import stripe

from commerce.gateways.stripe.amounts import stripe_digits
from commerce.gateways.stripe.standin import errors, expand, shapes
from commerce.gateways.stripe.standin.store import Json
from commerce.gateways.stripe.standin.till import Till, new_id

# How long a slow card takes to give money back, or to fail to.
SLOW_SECONDS = 60
_AFTERWARDS = {"done": "succeeded", "later": "pending", "fails": "succeeded"}


def create(till: Till, params: Json) -> Json:
    for name in sorted({"customer", "origin", "instructions_email", "reverse_transfer"} & set(params)):
        raise errors.unsupported(name, name)
    charge = _charge(till, params)
    amount = _amount(charge, params)
    slow = charge["_refund"] != "done"
    refund = shapes.blank(
        stripe.Refund,
        id=new_id("re_3"),
        object="refund",
        amount=amount,
        balance_transaction=new_id("txn_3"),
        charge=charge["id"],
        created=till.seconds,
        currency=charge["currency"],
        destination_details={"card": {"reference_status": "pending", "type": "refund"}, "type": "card"},
        metadata=params.get("metadata") or {},
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status=_AFTERWARDS[charge["_refund"]],
    )
    till.save(refund, due_at=till.now + SLOW_SECONDS if slow else None)
    _count(till, charge, amount)
    till.emit("charge.refunded", charge)
    till.emit("refund.created", refund)
    return refund


def _charge(till: Till, params: Json) -> Json:
    if "charge" in params:
        charge = till.get("charge", params["charge"], "charge")
    elif "payment_intent" in params:
        intent = till.get("payment_intent", params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise errors.invalid(f"The PaymentIntent {intent['id']} does not have a successful charge to refund.")
        charge = till.get("charge", intent["latest_charge"])
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


def _count(till: Till, charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    till.save(charge)


def settle(till: Till, refund: Json) -> Json:
    """A slow refund arrives, or turns out to have failed."""
    charge = till.get("charge", refund["charge"])
    if charge["_refund"] == "later":
        till.save(refund | {"status": "succeeded"})
        till.emit("refund.updated", refund | {"status": "succeeded"})
        return refund
    refund |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": new_id("txn_3"),
    }
    till.save(refund)
    _count(till, charge, -refund["amount"])
    till.emit("refund.failed", refund)
    return refund


def retrieve(till: Till, params: Json, identifier: str) -> Json:
    return till.get("refund", identifier, "refund")


def listed(till: Till, params: Json) -> Json:
    filters = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    return expand.page(till, "/v1/refunds", till.find("refund", **filters), params)
