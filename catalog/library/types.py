"""A picture as pages and cards show it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Size:
    """One rendition. url: absolute.  width, height: pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Image(Size):
    """A picture in the API: its first size, the text for those who don't see it, and all renditions by name."""

    alt: str
    renditions: dict[str, Size]


@dataclass(frozen=True)
class Picture:
    """A picture and its renditions by name, such as `card`. The first one is what a program shows by default."""

    alt: str
    sizes: dict[str, Size] = field(default_factory=dict)

    @property
    def image(self) -> Image | None:
        """The picture in the API; None while no size is made."""
        if not self.sizes:
            return None
        first = next(iter(self.sizes.values()))
        return Image(first.url, first.width, first.height, self.alt, self.sizes)
