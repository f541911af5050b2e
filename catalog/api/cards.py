"""Cards: what a program reads about one thing. One dataclass is the SQL columns, the JSON and the OpenAPI schema of it.

    @dataclass(slots=True, kw_only=True)
    class VenueCard(Card):
        id: int = column("pk")
        title: str = column("name")
        summary: str = computed("city", "country")

A `column` is copied from the row. A `computed` field is given by the endpoint, from the columns that it names.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from functools import cache
from typing import Any, Self, TypeVar

Row = Mapping[str, Any]
AnyCard = TypeVar("AnyCard", bound="Card")


def column(name: str = "") -> Any:
    """Declare a field that is copied from a column of the row: of the same name, unless another one is given."""
    return field(metadata={"column": name})


def computed(*columns: str) -> Any:
    """Declare a field that the endpoint computes, and the columns that it needs for that."""
    return field(metadata={"needs": columns})


@dataclass(slots=True, kw_only=True)
class Card:
    """Base class of cards."""

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Return the columns that a row is read from, each once."""
        card: Any = cls
        return _columns(card)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names that the JSON object has, in order."""
        card: Any = cls
        return _names(card)

    @classmethod
    def from_row(cls, row: Row, **values: Any) -> Self:
        """Return the card of a row. values: the computed fields."""
        card: Any = cls
        return cls(**{name: row[source] for name, source in _copied(card)}, **values)

    def extended(self, detail: type[AnyCard], **values: Any) -> AnyCard:
        """Return a subclass of this card with the same values, and more of them."""
        return detail(**{name: getattr(self, name) for name in self.names()}, **values)


def _source(declared: Field[Any]) -> str | None:
    name = declared.metadata.get("column")
    return declared.name if name == "" else name


@cache
def _columns(card: Any) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for declared in fields(card):
        source = _source(declared)
        names |= dict.fromkeys([source] if source else declared.metadata.get("needs", ()))
    return tuple(names)


@cache
def _names(card: Any) -> tuple[str, ...]:
    return tuple(declared.name for declared in fields(card))


@cache
def _copied(card: Any) -> tuple[tuple[str, str], ...]:
    return tuple((declared.name, source) for declared in fields(card) if (source := _source(declared)))
