"""The colour certificates are printed in. The room that knows the academy's brand stands above this one and says it."""

from collections.abc import Callable

INK = "#1d1b18"

_say: Callable[[], str] = lambda: INK  # noqa: E731


def colour() -> str:
    """Return `#rrggbb`, of the academy entered."""
    return _say()


def says(source: Callable[[], str]) -> None:
    """Register who knows the colour."""
    global _say
    _say = source
