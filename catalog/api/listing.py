"""Endpoints of `/api/v2/` that list cards, in a number of queries that doesn't grow with the list.

Wagtail's own endpoints serialise object by object. `CardViewSet` keeps Wagtail's parameters and shapes (`limit`, `offset`,
`order`, `search`, `fields`, `meta.total_count`, `items`, `find/`), but reads rows with `values()`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models import Window as SQLWindow
from django.http import HttpResponseRedirect
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from wagtail.api.v2.utils import parse_fields_parameter
from wagtail.api.v2.views import BaseAPIViewSet

from academies.kernel.errors import NotFound
from academies.tenants import queries as tenants
from catalog.api.base import OwnResponseMixin, PublicResponseMixin
from catalog.api.cards import Card, Row
from catalog.api.params import MAX_OFFSET, InvalidQueryParam, invalid_param, parse_number
from catalog.api.schema import CardEndpointSchema
from catalog.api.search import search
from catalog.api.url_builder import UrlBuilder

Parse = Callable[[str], Any]

# Parameters that clients of Wagtail send, and that change nothing here.
_IGNORED = {"format", "_", "rich_text_format"}
_META = ("type", "detail_url")


@dataclass(frozen=True)
class Window:
    """A part of a list: `limit` rows from `offset`."""

    limit: int
    offset: int

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "Window":
        values = {}
        for name, most, default in (("limit", settings.WAGTAILAPI_LIMIT_MAX, 20), ("offset", MAX_OFFSET, 0)):
            try:
                values[name] = parse_number(params.get(name, str(default)))
            except ValueError:
                raise invalid_param(name, "must be a positive whole number") from None
            if values[name] > most:
                raise invalid_param(name, f"must be at most {most}")
        return cls(**values)


class CardViewSet(BaseAPIViewSet):
    """Lists cards, and shows one thing in detail.

    model: as in Wagtail.  endpoint: the name in the address.  card_class, detail_class: what an item of the list has, and what one
    thing has.  filters: parameter -> (lookup, how to parse it).  ordering: the default order.
    orders: what `order` may name -> the column.
    """

    schema = CardEndpointSchema()
    endpoint: ClassVar[str] = ""
    card_class: ClassVar[type[Card]]
    # The card, unless one thing shows more.
    detail_class: ClassVar[type[Card] | None] = None
    filters: ClassVar[dict[str, tuple[str, Parse]]] = {}
    ordering: ClassVar[tuple[Any, ...]] = ("pk",)
    orders: ClassVar[dict[str, str]] = {}
    searchable: ClassVar[bool] = True
    # Parameters of the list that select a part of it, and parts of its cards.
    paging: ClassVar[frozenset[str]] = frozenset({"limit", "offset", "fields"})
    extra_parameters: ClassVar[frozenset[str]] = frozenset()
    id_converter: ClassVar[str] = "int"
    parse_id: ClassVar[Any] = staticmethod(parse_number)

    # --- what a subclass says
    def rows(self) -> QuerySet:
        """Return everything that may be seen."""
        raise NotImplementedError

    def annotate(self, rows: QuerySet) -> QuerySet:
        """Add columns that aren't the table's own. Called after the search, which drops annotations."""
        return rows

    def get_cards(self, rows: Sequence[Row]) -> list[Any]:
        """Return the cards of rows with the card's columns, in their order."""
        raise NotImplementedError

    def get_detail(self, row: Row) -> Card:
        """Return one thing in detail. row: with the detail's columns."""
        card: Card = self.get_cards([row])[0]
        return card

    @classmethod
    def get_detail_class(cls) -> type[Card]:
        return cls.detail_class or cls.card_class

    # --- the views
    def listing_view(self, request: Request) -> Response:
        self._refuse_unknown_parameters(request)
        window, names = Window.from_params(request.GET), self._selected_fields(self.card_class)
        total, cards = self.window(window)
        return Response({"meta": {"total_count": total}, "items": [self._item(card, names) for card in cards]})

    def detail_view(self, request: Request, pk: Any) -> Response:
        return Response(self._item(self.get_one(pk), self._selected_fields(self.get_detail_class())))

    def find_view(self, request: Request) -> HttpResponseRedirect:
        params = request.GET.copy()
        rows = self.rows()
        if "html_path" in params and hasattr(self.model, "url_path"):
            rows = rows.filter(url_path=UrlBuilder().url_path(params.pop("html_path")[-1]))
        elif "slug" in params and hasattr(self.model, "slug"):
            rows = rows.filter(slug=params.pop("slug")[-1])
        elif "id" in params:
            rows = rows.filter(pk=self._parse("id", params.pop("id")[-1], self.parse_id))
        else:
            raise invalid_param("find", "name what to find by html_path, slug or id")
        pk = rows.order_by().values_list("pk", flat=True).first()
        if pk is None:
            raise NotFound()
        query = f"?{params.urlencode()}" if params else ""
        return HttpResponseRedirect(self._detail_url(pk) + query)

    @classmethod
    def get_urlpatterns(cls) -> list[Any]:
        return [
            path("", cls.as_view({"get": "listing_view"}), name="listing"),
            path("find/", cls.as_view({"get": "find_view"}), name="find"),
            path(f"<{cls.id_converter}:pk>/", cls.as_view({"get": "detail_view"}), name="detail"),
        ]

    # --- reading the tables
    def window(self, window: Window) -> tuple[int, list[Card]]:
        """Return how many rows match the parameters, and the cards of a part of them."""
        matching = self.filtered(self.rows())
        counted = matching.annotate(total_count=SQLWindow(Count("*")))
        rows = list(
            counted.values(*self.card_class.columns(), "total_count")[window.offset : window.offset + window.limit]
        )
        # Behind the last page no row is left to carry the count.
        total = rows[0]["total_count"] if rows else (matching.count() if window.offset or not window.limit else 0)
        return total, self.get_cards(rows) if rows else []

    def get_one(self, pk: Any) -> Card:
        """Return one thing in detail. Raises NotFound."""
        row = self.annotate(self.rows()).filter(pk=pk).values(*self.get_detail_class().columns()).first()
        if row is None:
            raise NotFound()
        return self.get_detail(row)

    # --- reading the parameters
    def filtered(self, rows: QuerySet) -> QuerySet:
        """Apply the filters, the search and the order of the request."""
        params = self.request.GET
        for name, (lookup, parse) in self.filters.items():
            if name in params:
                rows = rows.filter(**{lookup: self._parse(name, params[name], parse)})
        has_search = self.searchable and "search" in params
        if has_search:
            rows = search(rows, params["search"], operator=params.get("search_operator"))
        rows = self.annotate(rows)
        if params.get("order"):
            return rows.order_by(*self._order(params["order"]), "pk")
        return rows if has_search else rows.order_by(*self.ordering)

    def _order(self, value: str) -> list[str]:
        columns = []
        for name in value.split(","):
            column = self.orders.get(name.removeprefix("-"))
            if column is None:
                raise invalid_param(
                    "order", f"must be one of {', '.join(self.orders)}, with - before it for the reverse"
                )
            columns.append(f"-{column}" if name.startswith("-") else column)
        return columns

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = {"order", *self.paging, *self.filters, *self.extra_parameters, *_IGNORED}
        if self.searchable:
            known |= {"search", "search_operator"}
        unknown = sorted(set(request.GET) - known)
        if unknown:
            message = "is not an operation or a field that can be filtered by"
            raise InvalidQueryParam(f"Unknown: {', '.join(unknown)}.", fields={name: [message] for name in unknown})

    def _selected_fields(self, card: type[Card]) -> tuple[str, ...]:
        """Return the names that `fields` asks for, in order. Understands Wagtail's `*`, `_` and `-name`."""
        value, known = self.request.GET.get("fields"), (*_META, *card.names())
        if not value:
            return known
        try:
            terms = parse_fields_parameter(value)
        except ValueError as error:
            raise invalid_param("fields", str(error)) from error
        selected = set() if terms[0][0] == "_" else set(known)
        for name, negated, nested in terms:
            if name in ("*", "_"):
                continue
            if nested or name not in known:
                raise invalid_param("fields", f"{name} {'has no nested fields' if nested else 'is unknown'}")
            (selected.discard if negated else selected.add)(name)
        return tuple(name for name in known if name in selected)

    @staticmethod
    def _parse(name: str, value: str, parse: Parse) -> Any:
        try:
            return parse(value)
        except (ValueError, TypeError) as error:
            raise invalid_param(name, str(error)) from error

    # --- writing the response
    def _item(self, card: Card, names: Sequence[str]) -> dict[str, Any]:
        """Return an item as Wagtail shapes it: `id`, `meta`, then everything else."""
        meta = {name: value for name, value in self._meta(card) if name in names}
        item = {"id": card.id} if "id" in names else {}  # type: ignore[attr-defined]
        if meta:
            item["meta"] = meta
        for name in names:
            if name not in _META:
                item[name] = getattr(card, name)
        return item

    def _meta(self, card: Any) -> list[tuple[str, str]]:
        return [("type", self.model._meta.label), ("detail_url", self._detail_url(card.id))]

    def _detail_url(self, pk: Any) -> str:
        if not hasattr(self, "_root"):
            self._root = f"{tenants.current_base_url()}/api/v2/{self.endpoint}/"
        return f"{self._root}{pk}/"


class PublicCardViewSet(PublicResponseMixin, CardViewSet):
    """Cards for everybody."""

    schema = CardEndpointSchema()


class OwnCardViewSet(OwnResponseMixin, CardViewSet):
    """Cards of one's own records, newest first."""

    schema = CardEndpointSchema()
    searchable = False
    id_converter = "uuid"
    parse_id = UUID
    ordering = ("-pk",)

    def rows(self) -> QuerySet:
        return self.model._default_manager.filter(person=self.request.user)
