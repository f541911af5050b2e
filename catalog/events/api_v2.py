"""Venues in `/api/v2/`."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from catalog.api.cards import Card, Row, column, computed
from catalog.api.listing import PublicCardViewSet
from catalog.events.models import Venue
from catalog.library.types import Image


@dataclass(slots=True, kw_only=True)
class VenueCard(Card):
    id: int = column("pk")
    title: str = column("name")
    slug: str = column()
    summary: str = computed("city", "country")
    html_url: str | None = computed("map_url")
    image: Image | None = computed()
    name: str = column()
    address: str = column()
    city: str = column()
    country: str = column()
    time_zone: str = column()


@dataclass(slots=True, kw_only=True)
class VenueDetail(VenueCard):
    map_url: str = column()
    getting_there: str = column()
    accessibility: str = column()


class VenuesAPI(PublicCardViewSet):
    """Places where events happen."""

    model = Venue
    endpoint = "venues"
    card_class, detail_class = VenueCard, VenueDetail
    filters = {"slug": ("slug", str), "city": ("city", str), "country": ("country", str)}
    ordering = ("name", "pk")
    orders = {"name": "name", "title": "name", "city": "city", "id": "pk"}
    # What `/api/v2/pages/` shows of it inside an event.
    nested_default_fields = [*PublicCardViewSet.nested_default_fields, "name", "slug", "city", "country"]

    def rows(self) -> QuerySet[Venue]:
        return Venue.objects.filter(live=True)

    def get_cards(self, rows: Sequence[Row]) -> list[VenueCard]:
        return [VenueCard.from_row(row, **_computed(row)) for row in rows]

    def get_detail(self, row: Row) -> VenueDetail:
        return VenueDetail.from_row(row, **_computed(row))


def _computed(row: Row) -> dict[str, str | None]:
    return {
        "summary": ", ".join(part for part in (row["city"], row["country"]) if part),
        "html_url": row["map_url"] or None,
        "image": None,
    }
