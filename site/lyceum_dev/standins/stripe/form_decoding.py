"""Decodes Stripe's nested form encoding: line_items[0][price_data][currency]=gbp."""

import re
from typing import Any
from urllib.parse import parse_qsl

from lyceum_dev.standins.stripe.errors import invalid

_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")
_DEEPEST = 12


def decode(text: str) -> dict[str, Any]:
    """Return nested dicts of strings; lists are dicts with numeric keys. Raises ApiError for malformed input."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=5000)
    except ValueError as error:
        raise invalid("Invalid request: the parameters are not form-encoded.") from error
    root: dict[str, Any] = {}
    for name, value in pairs:
        _put(root, name, value)
    return root


def _put(root: dict[str, Any], name: str, value: str) -> None:
    matched = _NAME.match(name)
    if not matched:
        raise invalid(f"Invalid parameter name: {name}", name)
    path = [matched[1], *_PART.findall(matched[2])]
    if len(path) > _DEEPEST:
        raise invalid(f"Parameters are nested too deeply: {name}", name)
    here = root
    for part in path[:-1]:
        inside = here.setdefault(part, {})
        if not isinstance(inside, dict):
            raise invalid(f"Parameter {name} is both a value and an object.", name)
        here = inside
    # `a[]=1&a[]=2` is numbered in order.
    last = path[-1] or str(len(here))
    if isinstance(here.get(last), dict):
        raise invalid(f"Parameter {name} is both a value and an object.", name)
    here[last] = value
