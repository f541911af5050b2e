"""Events and the balance: /v1/events, /v1/balance."""

from fnmatch import fnmatchcase

import stripe

from lyceum_dev.standins.stripe import expand, response_objects
from lyceum_dev.standins.stripe.object_factory import ObjectFactory
from lyceum_dev.standins.stripe.store import Json


def retrieve(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    return factory.get("event", identifier, "event")


def listed(factory: ObjectFactory, params: Json) -> Json:
    patterns = params.get("types") or ([params["type"]] if "type" in params else ["*"])
    matching = (
        item for item in factory.find("event") if any(fnmatchcase(item["type"], pattern) for pattern in patterns)
    )
    return expand.page(factory, "/v1/events", matching, params)


def balance(factory: ObjectFactory, params: Json) -> Json:
    """Return payments less refunds, by currency."""
    sums: dict[str, int] = {}
    for charge in factory.find("charge", status="succeeded"):
        currency = charge["currency"]
        sums[currency] = sums.get(currency, 0) + charge["amount"] - charge["amount_refunded"]
    available = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(sums.items())
    ]
    nothing = [{"amount": 0, "currency": item["currency"], "source_types": {"card": 0}} for item in available]
    return response_objects.blank(
        stripe.Balance, object="balance", available=available, livemode=False, pending=nothing
    )
