"""What happened, to be read again, and the balance: /v1/events, /v1/balance."""

from fnmatch import fnmatchcase

import stripe

from commerce.gateways.stripe.standin import expand, shapes
from commerce.gateways.stripe.standin.store import Json
from commerce.gateways.stripe.standin.till import Till


def retrieve(till: Till, params: Json, identifier: str) -> Json:
    return till.get("event", identifier, "event")


def listed(till: Till, params: Json) -> Json:
    wanted = params.get("types") or ([params["type"]] if "type" in params else ["*"])
    found = (one for one in till.find("event") if any(fnmatchcase(one["type"], pattern) for pattern in wanted))
    return expand.page(till, "/v1/events", found, params)


def balance(till: Till, params: Json) -> Json:
    """Return what was taken less what was given back, by currency."""
    sums: dict[str, int] = {}
    for charge in till.find("charge", status="succeeded"):
        currency = charge["currency"]
        sums[currency] = sums.get(currency, 0) + charge["amount"] - charge["amount_refunded"]
    available = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(sums.items())
    ]
    nothing = [{"amount": 0, "currency": one["currency"], "source_types": {"card": 0}} for one in available]
    return shapes.blank(stripe.Balance, object="balance", available=available, livemode=False, pending=nothing)
