"""Line items of a Checkout Session, each with an inline price."""

import stripe

from lyceum_dev.standins.stripe import errors, response_objects
from lyceum_dev.standins.stripe.object_factory import ObjectFactory, new_id
from lyceum_dev.standins.stripe.store import Json

MOST_LINES = 100
MOST_AMOUNT = 99_999_999


def build(factory: ObjectFactory, params: Json) -> list[Json]:
    """Return line items. Raises ApiError for those that Stripe refuses."""
    raw = params.get("line_items")
    if not raw:
        raise errors.missing("line_items")
    if len(raw) > MOST_LINES:
        raise errors.invalid(f"You can only specify up to {MOST_LINES} line items.", "line_items")
    built = [_line(factory, line, f"line_items[{place}]") for place, line in enumerate(raw)]
    currencies = {line["currency"] for line in built} | ({params["currency"]} if "currency" in params else set())
    if len(currencies) > 1:
        raise errors.invalid("All line items must have the same currency.", "line_items")
    if sum(line["amount_total"] for line in built) > MOST_AMOUNT:
        raise errors.invalid("Amount must be no more than 999,999.99", "line_items", "amount_too_large")
    return built


def _line(factory: ObjectFactory, raw: Json, at: str) -> Json:
    if "price" in raw:
        raise errors.no_such("price", raw["price"], f"{at}[price]")
    for name in ("tax_rates", "adjustable_quantity"):
        if raw.get(name):
            raise errors.unsupported(name, f"{at}[{name}]")
    if "price_data" not in raw:
        raise errors.missing(f"{at}[price_data]")
    quantity = raw.get("quantity")
    if quantity is None:
        raise errors.missing(f"{at}[quantity]")
    if quantity < 1:
        raise errors.invalid("Quantity must be at least 1.", f"{at}[quantity]", "parameter_invalid_integer")
    price = _price(factory, raw["price_data"], f"{at}[price_data]")
    amount = price["unit_amount"] * quantity
    return response_objects.blank(
        stripe.LineItem,
        id=new_id("li_"),
        object="item",
        amount_discount=0,
        amount_subtotal=amount,
        amount_tax=0,
        amount_total=amount,
        currency=price["currency"],
        description=price.pop("_name"),
        metadata=raw.get("metadata", {}),
        price=price,
        quantity=quantity,
    )


def _price(factory: ObjectFactory, raw: Json, at: str) -> Json:
    name, currency, amount = _name(raw, at), _currency(raw, at), _amount(raw, at)
    return response_objects.blank(
        stripe.Price,
        id=new_id("price_"),
        object="price",
        active=False,
        billing_scheme="per_unit",
        created=factory.seconds,
        currency=currency,
        livemode=False,
        metadata={},
        product=new_id("prod_", 14),
        tax_behavior="unspecified",
        type="one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
        _name=name,
    )


def _name(raw: Json, at: str) -> str:
    """Return the name of the inline product; a reference to an existing product isn't supported."""
    if "product" in raw:
        raise errors.no_such("product", raw["product"], f"{at}[product]")
    if "recurring" in raw:
        raise errors.unsupported("recurring prices", f"{at}[recurring]")
    if "product_data" not in raw:
        raise errors.missing(f"{at}[product_data]")
    name: str = raw["product_data"].get("name", "")
    if not name or len(name) > 250:
        raise errors.invalid("A product's name has 1 to 250 characters.", f"{at}[product_data][name]")
    return name


def _currency(raw: Json, at: str) -> str:
    currency: str = raw["currency"]
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha() or currency != currency.lower():
        raise errors.invalid(f"Invalid currency: {currency}", f"{at}[currency]")
    return currency


def _amount(raw: Json, at: str) -> int:
    amount: int | None = raw.get("unit_amount")
    if amount is None:
        if "unit_amount_decimal" in raw:
            raise errors.unsupported("unit_amount_decimal", f"{at}[unit_amount_decimal]")
        raise errors.missing(f"{at}[unit_amount]")
    if amount < 0:
        raise errors.invalid("This value must be greater than or equal to 0.", f"{at}[unit_amount]")
    return amount
