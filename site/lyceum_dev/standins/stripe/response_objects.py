"""Answers carry every field that the SDK's response types name."""

from typing import Any

from lyceum_dev.standins.stripe.store import Json

# In the types, but absent from a live object unless asked for or deleted.
_ABSENT = {"OBJECT_NAME", "deleted", "line_items", "refunds", "context", "account"}


def blank(kind: type, **values: Any) -> Json:
    """Return an object of a response type: the values given, null for every other field."""
    return {name: None for name in kind.__annotations__ if name not in _ABSENT and name not in values} | values


def public(body: Json) -> Json:
    """Return an object without what only we know (names with an underscore)."""
    return {name: value for name, value in body.items() if not name.startswith("_")}
