"""A picture as a card shows it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Size:
    """One rendition. url: absolute.  width, height: pixels."""

    url: str
    width: int
    height: int

    def as_json(self) -> dict[str, Any]:
        return {"url": self.url, "width": self.width, "height": self.height}


@dataclass(frozen=True)
class Picture:
    """A picture and its renditions by name, such as `card`. The first one is what a program shows that asks no more."""

    alt: str
    sizes: dict[str, Size] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any] | None:
        """Return url, width, height and alt of the first size, and all renditions; None while none is made."""
        if not self.sizes:
            return None
        first = next(iter(self.sizes.values()))
        return {
            **first.as_json(),
            "alt": self.alt,
            "renditions": {name: size.as_json() for name, size in self.sizes.items()},
        }
