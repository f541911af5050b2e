"""Plans in `/api/v2/`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from academies.kernel.money import Money
from academies.tenants import queries as tenants
from catalog.api.base import parse_boolean, parse_number
from catalog.api.listing import PublicCardViewSet, Row
from catalog.api.url_builder import UrlBuilder
from catalog.courses import queries as courses
from commerce.plans import queries, rules
from commerce.plans.models import Plan


class PlansAPI(PublicCardViewSet):
    """What is on sale and opens something that everybody may see, and the courses that each plan opens."""

    model = Plan
    endpoint = "plans"
    id_converter = "uuid"
    read_id = UUID
    columns = (
        "pk", "title", "slug", "description", "price_minor", "currency", "interval", "access_days", "all_courses",
    )  # fmt: skip
    exact = {
        "slug": ("slug", str),
        "interval": ("interval", str),
        "all_courses": ("all_courses", parse_boolean),
        "course": ("courses", parse_number),
    }
    ordering = ("price_minor", "title", "pk")
    orders = {"title": "title", "price": "price_minor"}
    card_fields = (
        "id", "title", "slug", "summary", "html_url", "image", "price", "interval", "buyable", "access_days",
        "all_courses",
    )  # fmt: skip
    whole_fields = ("courses",)

    def rows(self) -> QuerySet[Plan]:
        return queries.that_open(Plan.objects.filter(on_sale=True), courses.public_courses())

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        origin = tenants.current_base_url()
        return [
            {
                "id": str(row["pk"]),
                "title": row["title"],
                "slug": row["slug"],
                "summary": row["description"],
                "html_url": f"{origin}/checkout/plan/{row['slug']}/",
                "image": None,
                "price": Money(row["price_minor"], row["currency"]).as_json(),
                "interval": row["interval"],
                "buyable": not row["price_minor"] or rules.sold_online(row["interval"]),
                "access_days": row["access_days"],
                "all_courses": row["all_courses"],
            }
            for row in rows
        ]

    def whole(self, row: Row) -> Row:
        opened: QuerySet[Any] = courses.public_courses().order_by("title", "pk")
        if not row["all_courses"]:
            opened = opened.filter(plans=row["pk"])
        addresses = UrlBuilder()
        listed = opened.values_list("pk", "title", "slug", "url_path")[:200]
        return {
            **super().whole(row),
            "courses": [
                {"id": pk, "title": title, "slug": slug, "html_url": addresses.full(url_path)}
                for pk, title, slug, url_path in listed
            ],
        }
