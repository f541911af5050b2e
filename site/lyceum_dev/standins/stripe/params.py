"""What may be asked, checked against the SDK's own generated parameter types."""

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

_OPTIONS = frozenset(stripe.RequestOptions.__annotations__)
_INTEGER = re.compile(r"^-?\d{1,18}$")


def check(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return parameters as Python values. kind: a name in stripe.params, "checkout.SessionCreateParams".

    Raises ApiError parameter_unknown, parameter_missing, parameter_invalid_*.
    """
    found: Any = stripe.params
    for part in kind.split("."):
        found = getattr(found, part)
    return _object(found, given, "", leaving=_OPTIONS)


@cache
def _hints(kind: type, leaving: frozenset[str]) -> dict[str, Any]:
    own = {name: hint for name, hint in kind.__annotations__.items() if name not in leaving}
    holder = types.SimpleNamespace(__annotations__=own)
    return typing.get_type_hints(holder, vars(sys.modules[kind.__module__]))


def _object(kind: Any, given: Any, at: str, leaving: frozenset[str] = frozenset()) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise invalid("Invalid object", at)
    hints = _hints(kind, leaving)
    for name in given:
        if name not in hints:
            raise unknown(_under(at, name))
    for name in sorted(kind.__required_keys__):
        if name not in given:
            raise missing(_under(at, name))
    return {name: _value(hints[name], value, _under(at, name)) for name, value in given.items()}


def _under(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


def _value(hint: Any, given: Any, at: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(typing.get_args(hint), given, at)
    if origin is typing.Literal:
        return _literal(typing.get_args(hint), given, at)
    if origin is list:
        return _list(typing.get_args(hint)[0], given, at)
    bare = origin or hint
    if bare is dict or (isinstance(bare, type) and issubclass(bare, stripe.StripeObject)):
        return _free(given, at)
    if hasattr(hint, "__required_keys__"):
        return _object(hint, given, at)
    return _leaf(hint, given, at)


def _union(options: tuple[Any, ...], given: Any, at: str) -> Any:
    words = [one for one in options if typing.get_origin(one) is typing.Literal and typing.get_args(one) != ("",)]
    # The SDK writes closed lists as `Literal[...] | str`, so that a newer word type-checks. The API is stricter.
    choices = [one for one in options if one is not type(None) and not (words and one is str)]
    # The first refusal is the one told: that of the option which is nested as the value is.
    choices.sort(key=lambda one: _is_nested(one) != isinstance(given, dict))
    refused: ApiError | None = None
    for one in choices:
        try:
            return _value(one, given, at)
        except ApiError as error:
            refused = refused or error
    raise refused or invalid("Invalid value", at)


def _is_nested(hint: Any) -> bool:
    origin: Any = typing.get_origin(hint) or hint
    return origin in (dict, list) or hasattr(origin, "__required_keys__")


def _literal(words: tuple[Any, ...], given: Any, at: str) -> Any:
    for word in words:
        if given == (str(word).lower() if isinstance(word, bool) else word):
            return word
    shown = ", ".join(str(word) for word in words[:40])
    raise invalid(f"Invalid {at}: must be one of {shown}", at)


def _list(hint: Any, given: Any, at: str) -> list[Any]:
    if given == "":
        return []
    if not isinstance(given, dict) or any(not key.isascii() or not key.isdigit() for key in given):
        raise invalid("Invalid array", at)
    return [_value(hint, given[key], _under(at, key)) for key in sorted(given, key=int)]


def _free(given: Any, at: str) -> dict[str, str]:
    if given == "":
        return {}
    if not isinstance(given, dict) or any(isinstance(value, dict) for value in given.values()):
        raise invalid("Invalid object", at)
    if len(given) > 50:
        raise invalid("Metadata can have up to 50 keys.", at)
    for key, value in given.items():
        if len(key) > 40 or len(value) > 500:
            raise invalid("Metadata keys can have up to 40 characters, values up to 500.", _under(at, key))
    return {key: value for key, value in given.items() if value != ""}


def _leaf(hint: Any, given: Any, at: str) -> Any:
    if isinstance(given, dict):
        raise invalid(f"Invalid {'string' if hint is str else 'value'}", at)
    if hint is bool:
        return _literal((True, False), given, at)
    if hint is int:
        if not _INTEGER.match(given):
            raise invalid(f"Invalid integer: {given}", at, "parameter_invalid_integer")
        return int(given)
    if hint in (float, Decimal):
        try:
            return str(Decimal(given))
        except InvalidOperation as error:
            raise invalid(f"Invalid decimal: {given}", at, "parameter_invalid_decimal") from error
    return given
