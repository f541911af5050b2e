"""Response objects, with every field of the SDK's response types."""

from typing import Any

from lyceum_dev.standins.stripe.store import Json

# In the types, but absent from a live object unless expanded or deleted.
_ABSENT = {"OBJECT_NAME", "deleted", "line_items", "refunds", "context", "account"}


def blank(kind: type, **values: Any) -> Json:
    """Return an object of a response type with these values and null for every other field."""
    return {name: None for name in kind.__annotations__ if name not in _ABSENT and name not in values} | values


def public(body: Json) -> Json:
    """Return an object without internal fields (names with an underscore)."""
    return {name: value for name, value in body.items() if not name.startswith("_")}
