"""Asking the WSGI application as a server does, byte for byte."""

import io
from dataclasses import dataclass
from typing import Any

from django.core.signals import request_started
from django.db import close_old_connections


@dataclass
class Response:
    status: str
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> int:
        return int(self.status.split()[0])


def ask(application: Any, path: str = "/", method: str = "GET", **environ: Any) -> Response:
    """Send one request; environ replaces what a plain one to north brings."""
    said: list[tuple[str, list[tuple[str, str]]]] = []
    whole = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "x", "SERVER_PORT": "80",
        "HTTP_HOST": "north.localhost", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(), "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", **environ,
    }  # fmt: skip
    # The test's transaction lives on this connection.
    was_connected = request_started.disconnect(close_old_connections)
    try:
        parts = application(whole, lambda status, headers, exc_info=None: said.append((status, headers)))
        body = b"".join(parts)
    finally:
        if was_connected:
            request_started.connect(close_old_connections)
    ((status, headers),) = said
    return Response(status, dict(headers), body)
