"""One's own orders in `/api/v2/`. Buying is in `/api/v1/`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from academies.kernel.money import Money
from academies.tenants import queries as tenants
from catalog.api.cards import Card, Row, column, computed
from catalog.api.listing import OwnCardViewSet
from catalog.api.params import parse_number
from commerce.checkout.models import Order, OrderLine

_AMOUNTS = ("subtotal", "discount", "tax", "total")


@dataclass(slots=True, kw_only=True)
class OrderLineCard(Card):
    """One line of an order. plan: its slug.  offering, registration: ids."""

    id: UUID = column()
    title: str = column()
    quantity: int = column()
    unit: Money = computed("unit_minor")
    total: Money = computed("total_minor")
    plan: str | None = column("plan__slug")
    offering: UUID | None = column("offering_id")
    registration: UUID | None = column("registration_id")


@dataclass(slots=True, kw_only=True)
class OrderCard(Card):
    id: UUID = column()
    number: int = column()
    status: str = column()
    lines: list[OrderLineCard] = computed("id", "currency")
    subtotal: Money = computed("subtotal_minor", "currency")
    discount: Money = computed("discount_minor", "currency")
    tax: Money = computed("tax_minor", "currency")
    total: Money = computed("total_minor", "currency")
    created_at: datetime = column()
    expires_at: datetime | None = column()
    paid_at: datetime | None = column()
    html_url: str = computed("id")


class OrdersAPI(OwnCardViewSet):
    """One's own orders with their lines."""

    model = Order
    endpoint = "orders"
    card_class = OrderCard
    filters = {"status": ("status", str), "number": ("number", parse_number)}
    orders = {"created_at": "created_at", "number": "number", "total": "total_minor"}

    def get_cards(self, rows: Sequence[Row]) -> list[OrderCard]:
        lines, origin = _lines_of(rows), tenants.current_base_url()
        return [
            OrderCard.from_row(
                row,
                lines=lines[row["id"]],
                html_url=f"{origin}/checkout/orders/{row['id']}/",
                **{name: Money(row[f"{name}_minor"], row["currency"]) for name in _AMOUNTS},
            )
            for row in rows
        ]


def _lines_of(orders: Sequence[Row]) -> dict[UUID, list[OrderLineCard]]:
    """Return the lines of orders by the order's id, in one query."""
    currencies = {order["id"]: order["currency"] for order in orders}
    lines: dict[UUID, list[OrderLineCard]] = defaultdict(list)
    rows = OrderLine.objects.filter(order__in=currencies).order_by("pk").values("order_id", *OrderLineCard.columns())
    for row in rows:
        currency = currencies[row["order_id"]]
        unit, total = Money(row["unit_minor"], currency), Money(row["total_minor"], currency)
        lines[row["order_id"]].append(OrderLineCard.from_row(row, unit=unit, total=total))
    return lines
