"""What the OpenAPI documents say of cards. Responses are written without these serializers."""

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema_serializer
from rest_framework import serializers
from rest_framework_dataclasses.serializers import DataclassSerializer

from academies.kernel.money import Money
from catalog.api.params import parse_boolean, parse_number

if TYPE_CHECKING:
    from catalog.api.listing import CardViewSet

# `Money` is the name of what checkout answers.
extend_schema_serializer(component_name="Price")(Money)

_TYPES: dict[Any, type] = {parse_number: int, parse_boolean: bool}


class CardSerializer(DataclassSerializer):
    """Base class of the serializers of cards."""

    def build_standard_field(self, field_name: str, type_info: Any) -> Any:
        field_class, kwargs = super().build_standard_field(field_name, type_info)
        is_url = field_class is serializers.CharField and field_name in ("url", "html_url", "map_url")
        return (serializers.URLField if is_url else field_class), kwargs


CardSerializer.serializer_dataclass_field = CardSerializer  # type: ignore[assignment, method-assign]


def serializer_of(dataclass: Any) -> type[CardSerializer]:
    """Return the serializer class of a card, or of another dataclass that a response holds."""
    return _serializer_of(dataclass)


@cache
def _serializer_of(dataclass: Any) -> type[CardSerializer]:
    meta = type("Meta", (), {"dataclass": dataclass})
    return type(f"{dataclass.__name__}Serializer", (CardSerializer,), {"Meta": meta, "__doc__": _doc(dataclass)})


def _doc(dataclass: type[Any]) -> str | None:
    """Return a docstring that somebody wrote: without one, a dataclass gets its signature."""
    doc = dataclass.__doc__ or ""
    return None if doc.startswith(f"{dataclass.__name__}(") else doc


def filter_parameters(view: "type[CardViewSet]") -> list[OpenApiParameter]:
    """Return the parameters by which a list of cards is filtered, ordered and searched."""
    filters = [OpenApiParameter(name, _TYPES.get(parse, str)) for name, (_, parse) in view.filters.items()]
    extra = [OpenApiParameter(name, str) for name in sorted(view.extra_parameters)]
    order = f"One or more of {', '.join(view.orders)}, separated by commas; with - before one for the reverse."
    search = [OpenApiParameter("search", str), OpenApiParameter("search_operator", str, enum=["and", "or"])]
    return [
        *filters,
        *extra,
        OpenApiParameter("order", str, description=order),
        *(search if view.searchable else []),
    ]


# --- Endpoints of /api/v2/ ------------------------------------------------------------------------------------------
_META = {
    "type": "object",
    "properties": {"type": {"type": "string"}, "detail_url": {"type": "string", "format": "uri"}},
    "required": ["type", "detail_url"],
}
_ITEM = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "meta": {**_META, "additionalProperties": True}},
    "additionalProperties": True,
}
_FIELDS = OpenApiParameter(
    "fields", str, description="What to show: names separated by commas; * is everything, _ nothing, -name all but one."
)
_PAGING = [OpenApiParameter("limit", int, description="At most 50; 20 by default."), OpenApiParameter("offset", int)]
_FINDERS = [OpenApiParameter(name, str) for name in ("html_path", "slug", "id")]


class EndpointSchema(AutoSchema):
    """Describes an endpoint of Wagtail's API. Its cards are described by CardEndpointSchema."""

    view: Any

    def get_description(self) -> str:  # type: ignore[override]
        """Return the first paragraph of the endpoint's docstring: the others are about its code."""
        doc = inspect.getdoc(type(self.view)) or ""
        return doc.partition("\n\n")[0].replace("\n", " ")

    def get_operation_id(self) -> str:
        # Unique; the document's own style is put over it.
        return f"{self.path}{self.view.action}"

    def get_tags(self) -> list[str]:
        return [self.path.split("/")[3]]

    def get_filter_parameters(self) -> list[dict[str, Any]]:
        return []

    def get_override_parameters(self) -> Any:
        match self.view.action:
            case "listing_view":
                return [*self.list_parameters(), _FIELDS, *_PAGING]
            case "find_view":
                return _FINDERS
        return [_FIELDS]

    def list_parameters(self) -> list[OpenApiParameter]:
        names = self.view.known_query_parameters - {"limit", "offset", "fields", "_", "format"}
        return [OpenApiParameter(name, str) for name in sorted(names)]

    def item(self) -> dict[str, Any]:
        """Return the schema of an item of the list."""
        return _ITEM

    def detail_schema(self) -> dict[str, Any]:
        """Return the schema of one thing."""
        return _ITEM

    def get_response_serializers(self) -> Any:
        match self.view.action:
            case "listing_view":
                return {200: OpenApiResponse(_list_of(self.item()))}
            case "find_view":
                return {302: OpenApiResponse(description="The address of what was found.")}
        return {200: OpenApiResponse(self.detail_schema())}


def _list_of(item: dict[str, Any]) -> dict[str, Any]:
    total_count = {"type": "object", "properties": {"total_count": {"type": "integer"}}, "required": ["total_count"]}
    properties = {"meta": total_count, "items": {"type": "array", "items": item}}
    return {"type": "object", "properties": properties, "required": ["meta", "items"]}


class CardEndpointSchema(EndpointSchema):
    """Describes an endpoint that lists cards."""

    def list_parameters(self) -> list[OpenApiParameter]:
        return filter_parameters(self.view)

    def item(self) -> dict[str, Any]:
        return self._with_meta(self.view.card_class)

    def detail_schema(self) -> dict[str, Any]:
        return self._with_meta(self.view.get_detail_class())

    def _with_meta(self, card: type[Any]) -> dict[str, Any]:
        component = self.resolve_serializer(serializer_of(card), "response")
        return {"allOf": [component.ref, {"type": "object", "properties": {"meta": _META}}]}
