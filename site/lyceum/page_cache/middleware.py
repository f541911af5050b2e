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

PAGE = "public, max-age=0, must-revalidate"
OWN = "private, no-cache"
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
            return _say_own(request, self.get_response(request))
        if not policy.is_ordinary(request):
            return _say_public(request, self.get_response(request))
        return self._from_store(request, key)

    def _from_store(self, request: HttpRequest, key: Key) -> HttpResponse:
        mark, now = cache_version.current(key[0]), time.time()
        entry = store.find(key, mark, now)
        if entry is not None and entry.until > now:
            return _answer(request, key, entry, "hit")
        if entry is not None and entry.pause_until > now:
            return _answer(request, key, entry, "stale")
        response = self._make(request, key, mark) if policy.may_add(request) else self._pass(request)
        if entry is not None and _is_away(response) and _may_serve_stale(key, entry):
            entry.pause_until = time.time() + _PAUSE
            return _answer(request, key, entry, "stale")
        return response

    def _pass(self, request: HttpRequest) -> HttpResponse:
        return _say_public(request, self.get_response(request))

    def _make(self, request: HttpRequest, key: Key, mark: str) -> HttpResponse:
        with cache_version.track() as horizon, policy.only_the_key(request, key):
            response = _say_public(request, self.get_response(request))
            may_be_kept = policy.may_be_kept(request, response)
        if not may_be_kept:
            return response
        entry = _entry_of(response, horizon, mark)
        seconds = entry.until - time.time()
        if seconds > 0:
            store.keep(key, entry, int(seconds))
            request.META[ENTRY] = (key[0], entry)
        response["ETag"] = entry.etag
        response["X-Cache"] = "miss"
        return _compared(request, response, entry.etag)


def _entry_of(response: HttpResponse, horizon: cache_version.Expiry, mark: str) -> Entry:
    etag = f'"{blake2b(response.content, digest_size=12).hexdigest()}"'
    until = time.time() + settings.PAGE_CACHE_SECONDS
    if horizon.at is not None:
        until = min(until, horizon.at.timestamp())
    return Entry(response.content, etag, {**response.headers._store, "etag": ("ETag", etag)}, until, mark)


def _is_away(response: HttpResponse) -> bool:
    """Return whether there is no page because the database is away: stale-if-error of RFC 5861 for this one error."""
    return response.status_code == 503


def _may_serve_stale(key: Key, entry: Entry) -> bool:
    """Return whether an expired entry may still be shown: not for too long, and only if nothing changed since it was made."""
    return time.time() < entry.until + settings.PAGE_CACHE_STALE_SECONDS and cache_version.current(key[0]) == entry.mark


def _answer(request: HttpRequest, key: Key, entry: Entry, said: str) -> HttpResponse:
    response = HttpResponse(b"" if request.method == "HEAD" else entry.body)
    # Past the checks that each header went through when the entry was made: they cost more than all the rest.
    response.headers._store.update(entry.headers)
    response["X-Cache"] = said
    if said == "stale":
        response["Warning"] = '110 - "Response is Stale"'
    else:
        request.META[ENTRY] = (key[0], entry)
    return _compared(request, response, entry.etag)


def _compared(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    if any(name in request.META for name in _CONDITIONS):
        return get_conditional_response(request, etag=etag, response=response)
    return response


def _is_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name == "wagtail_serve"


def _say_own(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if _is_page(request) and not response.has_header("Cache-Control"):
        response["Cache-Control"] = OWN
    return response


def _say_public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if _is_page(request) and not response.has_header("Cache-Control"):
        patch_vary_headers(response, ("Cookie",))
        response["Cache-Control"] = OWN if response.cookies else PAGE
    return response
