"""What the OpenAPI documents say of cards. Responses are written without these serializers."""

from functools import cache
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema_serializer
from rest_framework import serializers
from rest_framework_dataclasses.serializers import DataclassSerializer

from academies.kernel.money import Money
from catalog.api.base import parse_boolean, parse_number
from catalog.api.listing import CardViewSet

# `Money` is the name of what checkout answers.
extend_schema_serializer(component_name="Price")(Money)

_TYPES = {parse_number: int, parse_boolean: bool}


class CardSerializer(DataclassSerializer):
    """Base class of the serializers of cards."""

    def build_standard_field(self, field_name: str, type_info: Any) -> Any:
        field_class, kwargs = super().build_standard_field(field_name, type_info)
        is_url = field_class is serializers.CharField and field_name in ("url", "html_url", "map_url")
        return (serializers.URLField if is_url else field_class), kwargs


CardSerializer.serializer_dataclass_field = CardSerializer


@cache
def serializer_of(dataclass: type[Any]) -> type[CardSerializer]:
    """Return the serializer class of a card, or of another dataclass that a response holds."""
    meta = type("Meta", (), {"dataclass": dataclass})
    return type(f"{dataclass.__name__}Serializer", (CardSerializer,), {"Meta": meta, "__doc__": _doc(dataclass)})


def _doc(dataclass: type[Any]) -> str | None:
    """Return a docstring that somebody wrote: without one, a dataclass gets its signature."""
    doc = dataclass.__doc__ or ""
    return None if doc.startswith(f"{dataclass.__name__}(") else doc


def filter_parameters(view: type[CardViewSet]) -> list[OpenApiParameter]:
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
