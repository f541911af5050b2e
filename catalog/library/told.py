"""What a page's template is told beside the page. Each room's `contexts.py` says it, so that no model calls a query."""

from collections.abc import Callable
from typing import Any

Teller = Callable[[Any, Any], dict[str, Any]]

_tellers: dict[type, Teller] = {}


def of(kind: type) -> Callable[[Teller], Teller]:
    """Name what tells the template of a kind of page. It is called with the page and the request."""

    def keep(teller: Teller) -> Teller:
        _tellers[kind] = teller
        return teller

    return keep


class Told:
    """A page whose template is told more than the page itself."""

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_context(request, *args, **kwargs)  # type: ignore[misc]
        return {**given, **_tellers[type(self)](self, request)}
