"""Checkout Sessions: /v1/checkout/sessions."""

import re
from urllib.parse import urlsplit

import stripe

from lyceum_dev.standins.stripe import errors, expand, line_items, response_objects
from lyceum_dev.standins.stripe.object_factory import ObjectFactory, new_id
from lyceum_dev.standins.stripe.store import Json

KIND = "checkout.session"
SHORTEST, LONGEST = 30 * 60, 24 * 3600
_LEFT_OUT = {
    "customer", "customer_account", "subscription_data", "setup_intent_data", "discounts", "shipping_options",
    "optional_items", "invoice_creation", "allow_promotion_codes", "managed_payments", "customer_update",
}  # fmt: skip
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def create(factory: ObjectFactory, params: Json) -> Json:
    _supported(params)
    expires_at = _expiry(factory, params)
    bought = line_items.build(factory, params)
    total = sum(line["amount_total"] for line in bought)
    identifier = new_id("cs_test_", 58)
    session = response_objects.blank(
        stripe.checkout.Session,
        **_basics(params),
        id=identifier,
        object=KIND,
        amount_subtotal=total,
        amount_total=total,
        created=factory.seconds,
        currency=bought[0]["currency"],
        customer_details={"email": params["customer_email"], **NOBODY} if params.get("customer_email") else None,
        expires_at=expires_at,
        livemode=False,
        mode="payment",
        payment_status="no_payment_required" if total == 0 else "unpaid",
        status="open",
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        url=f"{factory.base_url}/c/pay/{identifier}",
        _lines=bought,
        _intent=params.get("payment_intent_data", {}),
    )
    return factory.save(session, due_at=expires_at)


NOBODY: Json = {
    "address": None, "business_name": None, "individual_name": None, "name": None, "phone": None,
    "tax_exempt": "none", "tax_ids": [],
}  # fmt: skip


def _basics(params: Json) -> Json:
    """Return the fields that are copied from the request or set to Stripe's defaults."""
    empty = {"after_submit": None, "shipping_address": None, "submit": None, "terms_of_service_acceptance": None}
    return {
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "custom_fields": [],
        "custom_text": empty | params.get("custom_text", {}),
        "customer_creation": params.get("customer_creation", "if_required"),
        "customer_email": params.get("customer_email"),
        "invoice_creation": None,
        "locale": params.get("locale"),
        "metadata": params.get("metadata", {}),
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": params.get("payment_method_types", ["card"]),
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "ui_mode": "hosted_page",
    }


def _supported(params: Json) -> None:
    if params.get("mode", "payment") != "payment":
        raise errors.unsupported("any mode but payment", "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise errors.unsupported("any ui_mode but hosted_page", "ui_mode")
    for name in sorted(_LEFT_OUT & set(params)):
        raise errors.unsupported(name, name)
    if params.get("automatic_tax", {}).get("enabled"):
        raise errors.unsupported("automatic tax", "automatic_tax[enabled]")
    if "success_url" not in params:
        raise errors.missing("success_url")
    for name in ("success_url", "cancel_url"):
        if name in params and not is_url(params[name]):
            raise errors.invalid(f"Not a valid URL: {params[name]}", name, "url_invalid")
    if "customer_email" in params and not _EMAIL.match(params["customer_email"]):
        raise errors.invalid(f"Invalid email address: {params['customer_email']}", "customer_email", "email_invalid")
    if len(params.get("client_reference_id", "")) > 200:
        raise errors.invalid("client_reference_id can have up to 200 characters.", "client_reference_id")


def is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s\x00-\x1f]", text)


def _expiry(factory: ObjectFactory, params: Json) -> int:
    timestamp = params.get("expires_at")
    if timestamp is None:
        return factory.seconds + LONGEST
    if timestamp < factory.seconds + SHORTEST:
        raise errors.invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", "expires_at"
        )
    if timestamp > factory.seconds + LONGEST:
        raise errors.invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", "expires_at"
        )
    return int(timestamp)


def retrieve(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    return factory.get(KIND, identifier, "session")


def listed(factory: ObjectFactory, params: Json) -> Json:
    if {"customer", "customer_account", "subscription", "payment_link"} & set(params):
        return expand.whole("/v1/checkout/sessions", [])
    filters = {name: params[name] for name in ("payment_intent", "status") if name in params}
    matching = factory.find(KIND, **filters)
    email = params.get("customer_details", {}).get("email")
    if email:
        matching = (session for session in matching if (session["customer_details"] or {}).get("email") == email)
    return expand.page(factory, "/v1/checkout/sessions", matching, params)


def expire(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    session = factory.get(KIND, identifier, "session")
    if session["status"] != "open":
        raise errors.invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    return close(factory, session)


def close(factory: ObjectFactory, session: Json) -> Json:
    """Expire an open session, and cancel its payment."""
    session |= {"status": "expired", "url": None}
    factory.save(session)
    if session["payment_intent"]:
        intent = factory.get("payment_intent", session["payment_intent"])
        intent |= {"status": "canceled", "canceled_at": factory.seconds, "cancellation_reason": "automatic"}
        intent["next_action"] = None
        factory.save(intent)
        factory.emit("payment_intent.canceled", intent)
    factory.emit("checkout.session.expired", session)
    return session


def list_line_items(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    session = factory.get(KIND, identifier, "session")
    rows = [{**line, "created": 0} for line in session["_lines"]]
    answer = expand.page(factory, f"/v1/checkout/sessions/{identifier}/line_items", rows, params)
    for row in answer["data"]:
        del row["created"]
    return answer
