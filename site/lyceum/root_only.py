"""Lyceum answers at the root of a host: a request that was mounted under a prefix is refused, whatever server passes it on.

Cookies, `/api/`, links of pages and the keys of kept answers all count on it. A prefix comes in as SCRIPT_NAME, and some
servers take that from a header of the client.
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
