"""Plans in `/api/v2/`."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from academies.kernel.money import Money
from academies.tenants import queries as tenants
from catalog.api.cards import Card, Row, column, computed
from catalog.api.listing import PublicCardViewSet
from catalog.api.params import parse_boolean, parse_number
from catalog.courses import queries as courses
from catalog.courses.cards import CourseLink, links
from catalog.library.types import Image
from commerce.plans import queries, rules
from commerce.plans.models import Plan


@dataclass(slots=True, kw_only=True)
class PlanCard(Card):
    id: UUID = column("pk")
    title: str = column()
    slug: str = column()
    summary: str = column("description")
    html_url: str = computed("slug")
    image: Image | None = computed()
    price: Money = computed("price_minor", "currency")
    interval: str = column()
    buyable: bool = computed("price_minor", "interval")
    access_days: int | None = column()
    all_courses: bool = column()


@dataclass(slots=True, kw_only=True)
class PlanDetail(PlanCard):
    courses: list[CourseLink] = computed()


class PlansAPI(PublicCardViewSet):
    """Plans on sale that open at least one public course, and the courses that each plan opens."""

    model = Plan
    endpoint = "plans"
    id_converter = "uuid"
    parse_id = UUID
    card_class, detail_class = PlanCard, PlanDetail
    filters = {
        "slug": ("slug", str),
        "interval": ("interval", str),
        "all_courses": ("all_courses", parse_boolean),
        "course": ("courses", parse_number),
    }
    ordering = ("price_minor", "title", "pk")
    orders = {"title": "title", "price": "price_minor"}

    def rows(self) -> QuerySet[Plan]:
        return queries.that_open(Plan.objects.filter(on_sale=True), courses.public_courses())

    def get_cards(self, rows: Sequence[Row]) -> list[PlanCard]:
        origin = tenants.current_base_url()
        return [
            PlanCard.from_row(
                row,
                html_url=f"{origin}/checkout/plan/{row['slug']}/",
                image=None,
                price=Money(row["price_minor"], row["currency"]),
                buyable=not row["price_minor"] or rules.sold_online(row["interval"]),
            )
            for row in rows
        ]

    def get_detail(self, row: Row) -> PlanDetail:
        (card,) = self.get_cards([row])
        opened = courses.public_courses()
        if not row["all_courses"]:
            opened = opened.filter(plans=row["pk"])
        return card.extended(PlanDetail, courses=links(opened))
