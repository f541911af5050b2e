"""Request and response."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """headers: with lower-case names.  base_url: the URL under which the client reached the stand-in."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str


@dataclass
class Response:
    """dropped: close the connection without a response."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False


def as_json(status: int, body: Any, **headers: str) -> Response:
    return Response(status, json.dumps(body, indent=2).encode(), {"Content-Type": "application/json", **headers})


def as_html(status: int, body: str) -> Response:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-AdminApi": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    return Response(status, body.encode(), headers)


def redirect(to: str) -> Response:
    return Response(303, b"", {"Location": to, "Cache-AdminApi": "no-store"})
