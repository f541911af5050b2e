"""The door of `/api/v2/` to venues."""

from collections.abc import Sequence

from django.db.models import QuerySet

from catalog.api.listing import PublicCardViewSet, Row
from catalog.events.models import Venue


class VenuesAPI(PublicCardViewSet):
    """Places where events happen."""

    model = Venue
    endpoint = "venues"
    columns = (
        "pk", "name", "slug", "address", "city", "country", "time_zone", "map_url", "getting_there", "accessibility",
    )  # fmt: skip
    exact = {"slug": ("slug", str), "city": ("city", str), "country": ("country", str)}
    ordering = ("name", "pk")
    orders = {"name": "name", "title": "name", "city": "city", "id": "pk"}
    card_fields = (
        "id", "title", "slug", "summary", "html_url", "image", "name", "address", "city", "country", "time_zone",
    )  # fmt: skip
    whole_fields = ("map_url", "getting_there", "accessibility")
    # What `/api/v2/pages/` shows of it inside an event.
    nested_default_fields = [*PublicCardViewSet.nested_default_fields, "name", "slug", "city", "country"]

    def rows(self) -> QuerySet[Venue]:
        return Venue.objects.filter(live=True)

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        return [
            {
                "id": row["pk"],
                "title": row["name"],
                "slug": row["slug"],
                "summary": ", ".join(part for part in (row["city"], row["country"]) if part),
                "html_url": row["map_url"] or None,
                "image": None,
                "name": row["name"],
                "address": row["address"],
                "city": row["city"],
                "country": row["country"],
                "time_zone": row["time_zone"],
            }
            for row in rows
        ]

    def whole(self, row: Row) -> Row:
        return {**super().whole(row), **{name: row[name] for name in self.whole_fields}}
