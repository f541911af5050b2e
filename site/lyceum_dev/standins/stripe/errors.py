"""Errors in Stripe's format."""

from typing import Any


class ApiError(Exception):
    """An error response. Raising it in a handler rolls its changes back."""

    def __init__(self, status: int, message: str, *, kind: str = "invalid_request_error", **more: Any) -> None:
        self.status = status
        self.body = {"error": {"message": message, "type": kind, **{k: v for k, v in more.items() if v is not None}}}
        super().__init__(message)


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    return ApiError(400, message, param=param, code=code)


def unknown(param: str) -> ApiError:
    return invalid(f"Received unknown parameter: {param}", param, "parameter_unknown")


def missing(param: str) -> ApiError:
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def unsupported(what: str, param: str | None = None) -> ApiError:
    """Return the error for a parameter that Stripe supports and the stand-in doesn't."""
    return invalid(f"The stand-in does not do {what}.", param, "standin_unsupported")


def no_such(noun: str, identifier: str, param: str | None = "id") -> ApiError:
    return ApiError(404, f"No such {noun}: '{identifier}'", param=param, code="resource_missing")
