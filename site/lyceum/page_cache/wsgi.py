"""The page cache in front of Django: repeats cached responses without entering it.

It decides nothing. The middleware says which entry a response repeats; this layer keeps the finished bytes and sends them
again to the same request. When the academy's version was not read within a fifth of a second it lets the request through,
and the middleware reads it; so it is never staler than that, and a suspended academy is closed here too. It drops a response
when the registry of academies has changed since: the host may belong to another academy.
"""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from academies.tenants import cache_version, queries
from lyceum import languages
from lyceum.api.middleware import ENVELOPE
from lyceum.middleware import ACCEPTABLE
from lyceum.page_cache.middleware import ENTRY
from lyceum.page_cache.policy import Key, is_personal
from lyceum.page_cache.store import Entry, PartitionedStore

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# These are answered by Django: they ask for a part, compare in another way, or bring a body.
_NOT_REPEATED = (
    "HTTP_RANGE",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_TRANSFER_ENCODING",
)
_NOT_MODIFIED_HEADERS = {"etag", "cache-control", "vary", "date", "expires", "content-location"}


class CachedResponse:
    """One response as it was sent, without its request id."""

    __slots__ = ("body", "entry", "headers", "not_modified_headers", "registry", "schema", "status")

    def __init__(self, response: Any, schema: str, entry: Entry, registry: str | None):
        self.schema, self.entry, self.registry = schema, entry, registry
        self.body: bytes = response.content
        self.status = f"{response.status_code} {response.reason_phrase}"
        headers = [(name, value) for name, value in response.items() if name.lower() not in ("x-request-id", "x-cache")]
        self.headers = [*headers, ("X-Cache", "hit")]
        self.not_modified_headers = [(name, value) for name, value in headers if name.lower() in _NOT_MODIFIED_HEADERS]


class WsgiCache:
    def __init__(self, application: Wsgi):
        self.application = application
        self.partitions: PartitionedStore[CachedResponse] = PartitionedStore()
        self.proxied = settings.SECURE_PROXY_SSL_HEADER is not None

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "GET" or _is_personal(environ, path):
            return self.application(environ, start_response)
        for name in _NOT_REPEATED:
            if name in environ:
                return self.application(environ, start_response)
        host, query = environ.get("HTTP_HOST", ""), environ.get("QUERY_STRING", "")
        key: Key = (host, path, query, _proxied_scheme(environ) if self.proxied else environ["wsgi.url_scheme"])
        if path.startswith("/api/"):
            key += _api_part(environ)
        group = (host, bool(query))
        cached = self.partitions.get(group, key)
        if cached is None:
            return self._enter_django(group, key, environ, start_response)
        entry = cached.entry
        if (
            entry.expires_at <= time.time()
            or cache_version.local(cached.schema) != entry.version
            or queries.registry_version() != cached.registry
        ):
            self.partitions.drop(group, key)
            return self._enter_django(group, key, environ, start_response)
        compared = environ.get("HTTP_IF_NONE_MATCH")
        if compared is None:
            start_response(cached.status, [*cached.headers, _request_id(environ)])
            return [cached.body]
        if compared != entry.etag:
            return self.application(environ, start_response)
        start_response("304 Not Modified", [*cached.not_modified_headers, _request_id(environ)])
        return []

    def _enter_django(
        self, group: tuple[str, bool], key: Key, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        # Read first: what changes while the response is made must count as later.
        registry = queries.registry_version()
        response: Any = self.application(environ, start_response)
        # A 304 is no response to the question.
        if ENTRY in environ and response.status_code == 200 and _is_public(environ, response):
            self.partitions.put(group, key, CachedResponse(response, *environ[ENTRY], registry))
        return response


def _proxied_scheme(environ: Environ) -> str:
    """Return the scheme as Django reads it behind a proxy that names it."""
    name, secure = settings.SECURE_PROXY_SSL_HEADER
    if name not in environ:
        return str(environ["wsgi.url_scheme"])
    return "https" if environ[name].split(",", 1)[0].strip() == secure else "http"


def _is_personal(environ: Environ, path: str) -> bool:
    if "HTTP_COOKIE" not in environ and "HTTP_AUTHORIZATION" not in environ:
        return False
    # A cookie may hide the character NUL in this way, and is refused.
    return is_personal(environ, path) or "\\000" in environ.get("HTTP_COOKIE", "")


def _api_part(environ: Environ) -> Key:
    """Return what changes a response of the API besides: language, origin, and whether an envelope is put around it."""
    return (
        languages.of_header(environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        environ.get("HTTP_ORIGIN", ""),
        "envelope" if ENVELOPE in environ.get("HTTP_ACCEPT", "") else "",
    )


def _is_public(environ: Environ, response: Any) -> bool:
    """Return whether it may be kept here: origins that the academy does not allow are endless."""
    if not environ.get("HTTP_ORIGIN") or not environ["PATH_INFO"].startswith("/api/"):
        return True
    return bool(response.has_header("Access-Control-Allow-Origin"))


def _request_id(environ: Environ) -> tuple[str, str]:
    request_id = environ.get("HTTP_X_REQUEST_ID", "")
    return "X-Request-ID", request_id if request_id and ACCEPTABLE.match(request_id) else os.urandom(16).hex()
