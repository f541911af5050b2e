"""Validates request parameters against the parameter types generated in Stripe's SDK."""

import re
import sys
import types
import typing
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import stripe
from stripe.params import checkout  # noqa: F401  (binds stripe.params.checkout)

from lyceum_dev.standins.stripe.errors import ApiError, invalid, missing, unknown

OPTIONS = frozenset(stripe.RequestOptions.__annotations__)
_INTEGER = re.compile(r"^-?\d{1,18}$")


def check(kind: str, raw: dict[str, Any]) -> dict[str, Any]:
    """Return parameters as Python values. kind: a name in stripe.params, "checkout.SessionCreateParams".

    Raises ApiError parameter_unknown, parameter_missing, parameter_invalid_*.
    """
    kind_type: Any = stripe.params
    for part in kind.split("."):
        kind_type = getattr(kind_type, part)
    return _object(kind_type, raw, "", leaving=OPTIONS)


@cache
def field_hints(kind: type, leaving: frozenset[str]) -> dict[str, Any]:
    own = {name: hint for name, hint in kind.__annotations__.items() if name not in leaving}
    holder = types.SimpleNamespace(__annotations__=own)
    return typing.get_type_hints(holder, vars(sys.modules[kind.__module__]))


def _object(kind: Any, raw: Any, at: str, leaving: frozenset[str] = frozenset()) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise invalid("Invalid object", at)
    hints = field_hints(kind, leaving)
    for name in raw:
        if name not in hints:
            raise unknown(_under(at, name))
    for name in sorted(kind.__required_keys__):
        if name not in raw:
            raise missing(_under(at, name))
    return {name: _value(hints[name], value, _under(at, name)) for name, value in raw.items()}


def _under(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


def _value(hint: Any, raw: Any, at: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(typing.get_args(hint), raw, at)
    if origin is typing.Literal:
        return _literal(typing.get_args(hint), raw, at)
    if origin is list:
        return _list(typing.get_args(hint)[0], raw, at)
    bare = origin or hint
    if bare is dict or (isinstance(bare, type) and issubclass(bare, stripe.StripeObject)):
        return _free(raw, at)
    if hasattr(hint, "__required_keys__"):
        return _object(hint, raw, at)
    return _leaf(hint, raw, at)


def _union(options: tuple[Any, ...], raw: Any, at: str) -> Any:
    words = [
        option for option in options if typing.get_origin(option) is typing.Literal and typing.get_args(option) != ("",)
    ]
    # The SDK types closed lists as `Literal[...] | str`, so that newer values type-check. The API is stricter.
    choices = [option for option in options if option is not type(None) and not (words and option is str)]
    # Report the first error: that of the option with the same nesting as the value.
    choices.sort(key=lambda option: _is_nested(option) != isinstance(raw, dict))
    refused: ApiError | None = None
    for option in choices:
        try:
            return _value(option, raw, at)
        except ApiError as error:
            refused = refused or error
    raise refused or invalid("Invalid value", at)


def _is_nested(hint: Any) -> bool:
    origin: Any = typing.get_origin(hint) or hint
    return origin in (dict, list) or hasattr(origin, "__required_keys__")


def _literal(words: tuple[Any, ...], raw: Any, at: str) -> Any:
    for word in words:
        if raw == (str(word).lower() if isinstance(word, bool) else word):
            return word
    shown = ", ".join(str(word) for word in words[:40])
    raise invalid(f"Invalid {at}: must be one of {shown}", at)


def _list(hint: Any, raw: Any, at: str) -> list[Any]:
    if raw == "":
        return []
    if not isinstance(raw, dict) or any(not key.isascii() or not key.isdigit() for key in raw):
        raise invalid("Invalid array", at)
    return [_value(hint, raw[key], _under(at, key)) for key in sorted(raw, key=int)]


def _free(raw: Any, at: str) -> dict[str, str]:
    if raw == "":
        return {}
    if not isinstance(raw, dict) or any(isinstance(value, dict) for value in raw.values()):
        raise invalid("Invalid object", at)
    if len(raw) > 50:
        raise invalid("Metadata can have up to 50 keys.", at)
    for key, value in raw.items():
        if len(key) > 40 or len(value) > 500:
            raise invalid("Metadata keys can have up to 40 characters, values up to 500.", _under(at, key))
    return {key: value for key, value in raw.items() if value != ""}


def _leaf(hint: Any, raw: Any, at: str) -> Any:
    if isinstance(raw, dict):
        raise invalid(f"Invalid {'string' if hint is str else 'value'}", at)
    if hint is bool:
        return _literal((True, False), raw, at)
    if hint is int:
        if not _INTEGER.match(raw):
            raise invalid(f"Invalid integer: {raw}", at, "parameter_invalid_integer")
        return int(raw)
    if hint in (float, Decimal):
        try:
            return str(Decimal(raw))
        except InvalidOperation as error:
            raise invalid(f"Invalid decimal: {raw}", at, "parameter_invalid_decimal") from error
    return raw
