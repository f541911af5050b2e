"""Query parameters: how they are parsed, and refused."""

from academies.kernel.errors import Invalid

MAX_OFFSET = 1_000_000


class InvalidQueryParam(Invalid):
    code = "bad_parameter"


def invalid_param(name: str, message: str) -> InvalidQueryParam:
    return InvalidQueryParam(f"{name}: {message}", fields={name: [message]})


def parse_number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise ValueError("must be a whole number")
    return int(value)


def parse_boolean(value: str) -> bool:
    if value not in ("true", "false", "1", "0"):
        raise ValueError("must be true or false")
    return value in ("true", "1")
