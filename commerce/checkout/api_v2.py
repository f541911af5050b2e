"""The door of `/api/v2/` to one's own orders. Buying is `/api/v1/`; this reads."""

from collections import defaultdict
from collections.abc import Sequence

from academies.kernel.money import Money
from academies.tenants import queries as tenants
from catalog.api.base import parse_number
from catalog.api.listing import OwnCardViewSet, Row
from commerce.checkout.models import Order, OrderLine

_SUMS = ("subtotal", "discount", "tax", "total")


class OrdersAPI(OwnCardViewSet):
    """One's own orders with their lines, in two queries."""

    model = Order
    endpoint = "orders"
    columns = (
        "id", "number", "status", "currency", "subtotal_minor", "discount_minor", "tax_minor", "total_minor",
        "created_at", "expires_at", "paid_at",
    )  # fmt: skip
    exact = {"status": ("status", str), "number": ("number", parse_number)}
    orders = {"created_at": "created_at", "number": "number", "total": "total_minor"}
    card_fields = (
        "id", "number", "status", "lines", *_SUMS, "created_at", "expires_at", "paid_at", "html_url",
    )  # fmt: skip

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        lines, origin = _lines_of(rows), tenants.current_base_url()
        return [
            {
                **{name: row[name] for name in ("number", "status", "created_at", "expires_at", "paid_at")},
                **{name: Money(row[f"{name}_minor"], row["currency"]).as_json() for name in _SUMS},
                "id": str(row["id"]),
                "lines": lines[row["id"]],
                "html_url": f"{origin}/checkout/orders/{row['id']}/",
            }
            for row in rows
        ]


def _lines_of(rows: Sequence[Row]) -> dict[object, list[Row]]:
    currencies = {row["id"]: row["currency"] for row in rows}
    lines: dict[object, list[Row]] = defaultdict(list)
    columns = (
        "id",
        "order_id",
        "title",
        "quantity",
        "unit_minor",
        "total_minor",
        "plan__slug",
        "offering_id",
        "registration_id",
    )
    for line in OrderLine.objects.filter(order__in=currencies).order_by("pk").values(*columns):
        currency = currencies[line["order_id"]]
        lines[line["order_id"]].append(
            {
                "id": str(line["id"]),
                "title": line["title"],
                "quantity": line["quantity"],
                "unit": Money(line["unit_minor"], currency).as_json(),
                "total": Money(line["total_minor"], currency).as_json(),
                "plan": line["plan__slug"],
                "offering": line["offering_id"] and str(line["offering_id"]),
                "registration": line["registration_id"] and str(line["registration_id"]),
            }
        )
    return lines
