"""Refuse requests under a path prefix: Lyceum must be served at the root of a host.

Cookies, `/api/`, links and cache keys rely on it. A prefix arrives as SCRIPT_NAME, which some servers take from a header
of the client.
"""

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_REFUSED = b"This site answers at the root of its host only. Remove SCRIPT_NAME from the request or from the server.\n"


class RootOnly:
    """The outermost WSGI application."""

    def __init__(self, application: Wsgi):
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("SCRIPT_NAME"):
            headers = [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(_REFUSED))),
                ("Cache-Control", "no-store"),
            ]
            start_response("400 Bad Request", headers)
            return [_REFUSED]
        return self.application(environ, start_response)
