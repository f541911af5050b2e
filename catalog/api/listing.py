"""Lists of cards for programs, read in a number of queries that doesn't grow with the list.

Wagtail's own endpoints serialise object by object. `CardViewSet` keeps Wagtail's words (`limit`, `offset`, `order`, `search`,
`fields`, `meta.total_count`, `items`, `find/`) and replaces the reading: rows come from `values()`.
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
from catalog.api.base import (
    MAX_OFFSET,
    InvalidQueryParam,
    OwnResponseMixin,
    PublicResponseMixin,
    invalid_param,
    parse_number,
)
from catalog.api.search import search
from catalog.api.url_builder import UrlBuilder

Row = dict[str, Any]
Read = Callable[[str], Any]

_SILENT = {"format", "_", "rich_text_format"}
_META = ("type", "detail_url")


@dataclass(frozen=True)
class Window:
    limit: int
    offset: int

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "Window":
        read = {}
        for name, most, default in (("limit", settings.WAGTAILAPI_LIMIT_MAX, 20), ("offset", MAX_OFFSET, 0)):
            try:
                read[name] = parse_number(params.get(name, str(default)))
            except ValueError:
                raise invalid_param(name, "must be a positive whole number") from None
            if read[name] > most:
                raise invalid_param(name, f"must be at most {most}")
        return cls(**read)


class CardViewSet(BaseAPIViewSet):
    """A list of cards, and one thing whole.

    model: as in Wagtail.  endpoint: its name in the address.  columns: what one row reads.
    exact: parameter -> (lookup, how to read it).  ordering: the order of the list.
    orders: what `order` may name -> the column.
    card_fields: the names a card has, which `fields` may choose from.  whole_fields: what one thing has besides.
    """

    endpoint: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]] = ("pk",)
    exact: ClassVar[dict[str, tuple[str, Read]]] = {}
    ordering: ClassVar[tuple[Any, ...]] = ("pk",)
    orders: ClassVar[dict[str, str]] = {}
    card_fields: ClassVar[tuple[str, ...]] = ()
    whole_fields: ClassVar[tuple[str, ...]] = ()
    searchable: ClassVar[bool] = True
    # How a part of the list is asked for, and how much of a card.
    paging: ClassVar[frozenset[str]] = frozenset({"limit", "offset", "fields"})
    extra_parameters: ClassVar[frozenset[str]] = frozenset()
    id_converter: ClassVar[str] = "int"
    read_id: ClassVar[Any] = staticmethod(parse_number)

    # --- what an endpoint says
    def rows(self) -> QuerySet:
        """Return everything that may be seen."""
        raise NotImplementedError

    def annotated(self, rows: QuerySet) -> QuerySet:
        """Add columns that aren't the table's own. Comes after the search, which forgets them."""
        return rows

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        """Return the cards of rows with `columns`, in their order."""
        raise NotImplementedError

    def whole(self, row: Row) -> Row:
        """Return everything about one row: by default its card."""
        return self.cards([row])[0]

    # --- the doors
    def listing_view(self, request: Request) -> Response:
        self._known_parameters(request)
        part, chosen = Window.from_params(request.GET), self._chosen_fields(request.GET.get("fields"))
        total, cards = self.part(part)
        items = [self._item(card, chosen) for card in cards]
        return Response({"meta": {"total_count": total}, "items": items})

    def detail_view(self, request: Request, pk: Any) -> Response:
        chosen = self._chosen_fields(request.GET.get("fields"), detail=True)
        return Response(self._item(self.one(pk), chosen))

    def find_view(self, request: Request) -> HttpResponseRedirect:
        params = request.GET.copy()
        rows = self.rows()
        if "html_path" in params and hasattr(self.model, "url_path"):
            rows = rows.filter(url_path=UrlBuilder().url_path(params.pop("html_path")[-1]))
        elif "slug" in params and hasattr(self.model, "slug"):
            rows = rows.filter(slug=params.pop("slug")[-1])
        elif "id" in params:
            rows = rows.filter(pk=self._read("id", params.pop("id")[-1], self.read_id))
        else:
            raise invalid_param("find", "name what to find by html_path, slug or id")
        found_id = rows.order_by().values_list("pk", flat=True).first()
        if found_id is None:
            raise NotFound()
        query = f"?{params.urlencode()}" if params else ""
        return HttpResponseRedirect(self._address(found_id) + query)

    @classmethod
    def get_urlpatterns(cls) -> list[Any]:
        return [
            path("", cls.as_view({"get": "listing_view"}), name="listing"),
            path("find/", cls.as_view({"get": "find_view"}), name="find"),
            path(f"<{cls.id_converter}:pk>/", cls.as_view({"get": "detail_view"}), name="detail"),
        ]

    # --- reading the tables
    def part(self, part: Window) -> tuple[int, list[Row]]:
        """Return how many match what was asked for, and the cards of a part of them."""
        matching = self.narrowed(self.rows())
        counted = matching.annotate(total_count=SQLWindow(Count("*")))
        rows = list(counted.values(*self.columns, "total_count")[part.offset : part.offset + part.limit])
        # Behind the last page no row is left to carry the count.
        total = rows[0]["total_count"] if rows else (matching.count() if part.offset or not part.limit else 0)
        return total, self.cards(rows) if rows else []

    def one(self, pk: Any) -> Row:
        """Return everything about one thing. Raises NotHere."""
        row = self.annotated(self.rows()).filter(pk=pk).values(*self.columns).first()
        if row is None:
            raise NotFound()
        return self.whole(row)

    # --- reading the parameters
    def narrowed(self, rows: QuerySet) -> QuerySet:
        """Apply the exact filters, the search and the order that were asked for."""
        params = self.request.GET
        for name, (lookup, read) in self.exact.items():
            if name in params:
                rows = rows.filter(**{lookup: self._read(name, params[name], read)})
        searched = self.searchable and "search" in params
        if searched:
            rows = search(rows, params["search"], operator=params.get("search_operator"))
        rows = self.annotated(rows)
        if params.get("order"):
            return rows.order_by(*self._order(params["order"]), "pk")
        return rows if searched else rows.order_by(*self.ordering)

    def _order(self, asked: str) -> list[str]:
        names = []
        for name in asked.split(","):
            column = self.orders.get(name.removeprefix("-"))
            if column is None:
                raise invalid_param(
                    "order", f"must be one of {', '.join(self.orders)}, with - before it for the reverse"
                )
            names.append(f"-{column}" if name.startswith("-") else column)
        return names

    def _known_parameters(self, request: Request) -> None:
        known = {"order", *self.paging, *self.exact, *self.extra_parameters, *_SILENT}
        if self.searchable:
            known |= {"search", "search_operator"}
        unknown = sorted(set(request.GET) - known)
        if unknown:
            said = "is not an operation or a field that can be filtered by"
            raise InvalidQueryParam(f"Unknown: {', '.join(unknown)}.", fields={name: [said] for name in unknown})

    def _chosen_fields(self, asked: str | None, *, detail: bool = False) -> set[str]:
        """Return the names to answer with. Understands Wagtail's `*`, `_` and `-name`."""
        known = {*_META, *self.card_fields, *(self.whole_fields if detail else ())}
        if not asked:
            return known
        try:
            wishes = parse_fields_parameter(asked)
        except ValueError as error:
            raise invalid_param("fields", str(error)) from error
        chosen = set() if wishes[0][0] == "_" else set(known)
        for name, negated, nested in wishes:
            if name in ("*", "_"):
                continue
            if nested or name not in known:
                raise invalid_param("fields", f"{name} {'has no nested fields' if nested else 'is unknown'}")
            (chosen.discard if negated else chosen.add)(name)
        return chosen

    @staticmethod
    def _read(name: str, value: str, read: Read) -> Any:
        try:
            return read(value)
        except (ValueError, TypeError) as error:
            raise invalid_param(name, str(error)) from error

    # --- writing the answer
    def _item(self, card: Row, chosen: set[str]) -> Row:
        meta = {"type": self.model._meta.label, "detail_url": self._address(card["id"])}
        kept = {name: meta[name] for name in _META if name in chosen}
        body = {name: value for name, value in card.items() if name in chosen}
        first = {"id": body.pop("id")} if "id" in body else {}
        return {**first, **({"meta": kept} if kept else {}), **body}

    def _address(self, pk: Any) -> str:
        if not hasattr(self, "_root"):
            self._root = f"{tenants.current_base_url()}/api/v2/{self.endpoint}/"
        return f"{self._root}{pk}/"


class PublicCardViewSet(PublicResponseMixin, CardViewSet):
    """CardViewSet for everybody."""


class OwnCardViewSet(OwnResponseMixin, CardViewSet):
    """CardViewSet of one's own records, newest first."""

    searchable = False
    id_converter = "uuid"
    read_id = UUID
    ordering = ("-pk",)

    def rows(self) -> QuerySet:
        return self.model._default_manager.filter(person=self.request.user)
