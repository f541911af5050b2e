"""The page cache inside Django: behind the academy, before everything else."""

import time
from collections.abc import Callable
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from academies.tenants import cache_version
from lyceum.page_cache import policy, store
from lyceum.page_cache.policy import Key
from lyceum.page_cache.store import Entry

PUBLIC = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-cache"
# Where the WSGI application outside finds the entry that a response repeats, and the academy it belongs to.
ENTRY = "lyceum.page_cache.entry"

# Once an expired entry had to serve, it serves for so long before the database is asked again.
_PAUSE = 5.0
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")


class PageCacheMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PAGE_CACHE_SECONDS or getattr(request, "is_dummy", False):
            return self.get_response(request)
        key = policy.key_of(request)
        if key is None:
            return _set_private(request, self.get_response(request))
        if not policy.is_canonical(request):
            return _set_public(request, self.get_response(request))
        return self._from_store(request, key)

    def _from_store(self, request: HttpRequest, key: Key) -> HttpResponse:
        version, now = cache_version.current(key[0]), time.time()
        entry = store.get(key, version, now)
        if entry is not None and entry.expires_at > now:
            return _respond(request, key, entry, "hit")
        if entry is not None and entry.paused_until > now:
            return _respond(request, key, entry, "stale")
        response = self._make(request, key, version) if policy.may_store(request) else self._uncached(request)
        if entry is not None and _is_away(response) and _may_serve_stale(key, entry):
            entry.paused_until = time.time() + _PAUSE
            return _respond(request, key, entry, "stale")
        return response

    def _uncached(self, request: HttpRequest) -> HttpResponse:
        return _set_public(request, self.get_response(request))

    def _make(self, request: HttpRequest, key: Key, version: str) -> HttpResponse:
        with cache_version.track() as expiry, policy.hide_all_but(request, key):
            response = _set_public(request, self.get_response(request))
            may_be_stored = policy.may_be_stored(request, response)
        if not may_be_stored:
            return response
        entry = _entry_of(response, expiry, version)
        seconds = entry.expires_at - time.time()
        if seconds > 0:
            store.put(key, entry, int(seconds))
            request.META[ENTRY] = (key[0], entry)
        response["ETag"] = entry.etag
        response["X-Cache"] = "miss"
        return _conditional(request, response, entry.etag)


def _entry_of(response: HttpResponse, expiry: cache_version.Expiry, version: str) -> Entry:
    etag = f'"{blake2b(response.content, digest_size=12).hexdigest()}"'
    expires_at = time.time() + settings.PAGE_CACHE_SECONDS
    if expiry.at is not None:
        expires_at = min(expires_at, expiry.at.timestamp())
    return Entry(response.content, etag, {**response.headers._store, "etag": ("ETag", etag)}, expires_at, version)


def _is_away(response: HttpResponse) -> bool:
    """Return whether there is no page because the database is away: stale-if-error of RFC 5861 for this one error."""
    return response.status_code == 503


def _may_serve_stale(key: Key, entry: Entry) -> bool:
    """Return whether an expired entry may still be shown: not for too long, and only if nothing changed since it was made."""
    return (
        time.time() < entry.expires_at + settings.PAGE_CACHE_STALE_SECONDS
        and cache_version.current(key[0]) == entry.version
    )


def _respond(request: HttpRequest, key: Key, entry: Entry, state: str) -> HttpResponse:
    response = HttpResponse(b"" if request.method == "HEAD" else entry.body)
    # Past the checks that each header went through when the entry was made: they cost more than all the rest.
    response.headers._store.update(entry.headers)
    response["X-Cache"] = state
    if state == "stale":
        response["Warning"] = '110 - "Response is Stale"'
    else:
        request.META[ENTRY] = (key[0], entry)
    return _conditional(request, response, entry.etag)


def _conditional(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    if any(name in request.META for name in _CONDITIONS):
        return get_conditional_response(request, etag=etag, response=response)
    return response


def _is_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name == "wagtail_serve"


def _set_private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if _is_page(request) and not response.has_header("Cache-Control"):
        response["Cache-Control"] = PRIVATE
    return response


def _set_public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if _is_page(request) and not response.has_header("Cache-Control"):
        patch_vary_headers(response, ("Cookie",))
        response["Cache-Control"] = PRIVATE if response.cookies else PUBLIC
    return response
