"""The edge: answers that are the same for every stranger, kept and given again without waking the rest of the house.

An answer is kept under the academy's mark (academies.tenants.freshness), read before the answer was made. Whoever changes
something that strangers see touches the mark, and everything kept is stale at once, in every process; an answer that
changes by itself, because a registration closes, is kept until that moment and no longer.

Kept are only answers that say so: `Cache-Control: public`, status 200, no cookie, a body that isn't streamed. Pages of
Wagtail say so here. A page that holds a CSRF token sets a cookie, so it is never kept. Whoever brings a session or a token
walks past, except to the public endpoints of the API, which look at neither.

Two shelves: one in the process, bounded in bytes, and the shared cache behind it, so that a new worker starts warm. In
front of both, fastlane.py repeats finished answers without waking Django at all.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.core.handlers.wsgi import get_str_from_wsgi
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_request

from academies.tenants import freshness

# Lists that look neither at a session nor at a token. What lies below them and does is no answer for the shelves.
OPEN = ("/api/v2/", "/api/v1/courses/", "/api/v1/instructors/", "/api/v1/events/")
PAGE = "public, max-age=0, must-revalidate"
OWN = "private, no-cache"
LARGEST = 1_000_000
SHELF_BYTES = 32_000_000
# Nothing below these is the same for everybody, so a look at the shelves would be in vain.
_NEVER = ("/admin/", "/api/v1/", "/account/", "/hooks/", "/static/", "/media/", "/documents/")
# A cookie of another name, such as one that counts visits, changes no answer.
_LANGUAGE = {settings.LANGUAGE_COOKIE_NAME}
_PERSONAL = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name, *_LANGUAGE}
# All that anything here reads. Whoever brings one may get what is kept, where it can't matter, but adds nothing to it.
_READ = {settings.CSRF_COOKIE_NAME, *_PERSONAL}
_NO_COOKIES: frozenset[str] = frozenset()
_MAY_VARY = {"accept", "accept-language", "accept-encoding", "cookie", "origin"}

# What the headers and the key of an answer take besides its body, about.
_OVERHEAD = 2000

Headers = dict[str, tuple[str, str]]
Key = tuple[str, ...]
Thing = TypeVar("Thing", bound="Sized")


class Sized(Protocol):
    body: bytes


class Kept:
    """One answer. headers: as Django stores them, by their small name.  until: seconds since the epoch."""

    __slots__ = ("body", "etag", "headers", "until")

    def __init__(self, body: bytes, etag: str, headers: Headers, until: float):
        self.body, self.etag, self.headers, self.until = body, etag, headers, until

    def answer(self, key: Key, request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(b"" if request.method == "HEAD" else self.body)
        # Past the checks that each header went through when the answer was made: they cost more than all the rest.
        answer.headers._store.update(self.headers)
        _say_kept(answer, key, self.until)
        if "HTTP_IF_NONE_MATCH" in request.META:
            return get_conditional_response(request, etag=self.etag, response=answer)
        return answer


class Shelf(Generic[Thing]):
    """Answers in this process, the least used thrown away first."""

    def __init__(self, most: int = SHELF_BYTES) -> None:
        self.most, self.held = most, 0
        self.kept: OrderedDict[Key, Thing] = OrderedDict()

    def get(self, key: Key) -> Thing | None:
        found = self.kept.get(key)
        if found is not None:
            try:
                self.kept.move_to_end(key)
            except KeyError:
                # Another thread has just thrown it away.
                return found
        return found

    def put(self, key: Key, kept: Thing) -> None:
        self.drop(key)
        self.kept[key] = kept
        self.held += len(kept.body) + _OVERHEAD
        while self.held > self.most and self.kept:
            _, oldest = self.kept.popitem(last=False)
            self.held -= len(oldest.body) + _OVERHEAD

    def drop(self, key: Key) -> None:
        old = self.kept.pop(key, None)
        if old is not None:
            self.held -= len(old.body) + _OVERHEAD

    def clear(self) -> None:
        self.kept.clear()
        self.held = 0


shelf: Shelf[Kept] = Shelf()
_languages: dict[str, str] = {}


def _language(asked: str) -> str:
    """Return the language that a header of languages gets; remembered, because working it out costs more than the rest."""
    known = _languages.get(asked)
    if known is None:
        if len(_languages) > 1000:
            _languages.clear()
        bare = HttpRequest()
        bare.META["HTTP_ACCEPT_LANGUAGE"] = asked
        known = _languages[asked] = get_language_from_request(bare)
    return known


def cookies_of(meta: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the cookies that Django reads from a request: decoded, stripped and unquoted in its own way."""
    if not meta.get("HTTP_COOKIE"):
        return _NO_COOKIES
    return frozenset(parse_cookie(get_str_from_wsgi(meta, "HTTP_COOKIE", "")))


def is_personal(meta: Mapping[str, Any], path: str) -> bool:
    """Answer whether a request brings something that might change the answer to its address."""
    cookies = cookies_of(meta)
    if path.startswith(OPEN):
        return not cookies.isdisjoint(_LANGUAGE)
    return "HTTP_AUTHORIZATION" in meta or not cookies.isdisjoint(_PERSONAL)


def key_of(request: HttpRequest) -> Key | None:
    """Return what an answer depends on, or None when it is nobody else's business."""
    meta, path = request.META, request.path_info
    if request.method not in ("GET", "HEAD") or (path.startswith(_NEVER) and not path.startswith(OPEN)):
        return None
    if is_personal(meta, path):
        return None
    schema = request.tenant.schema_name  # type: ignore[attr-defined]
    return (
        schema,
        freshness.mark(schema),
        path,
        # As it came: of a name that is given twice the last counts, and pages print it into their links.
        meta.get("QUERY_STRING", ""),
        _language(meta.get("HTTP_ACCEPT_LANGUAGE", "")),
        f"{request.scheme}://{meta.get('HTTP_HOST', '')}",
        meta.get("HTTP_ORIGIN", ""),
    )


class EdgeMiddleware:
    """Stands behind the academy and before everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.EDGE_SECONDS or getattr(request, "is_dummy", False):
            return self.get_response(request)
        key = key_of(request)
        if key is None:
            return _own(request, self.get_response(request))
        kept = _find(key)
        if kept is not None:
            return kept.answer(key, request)
        with freshness.watched() as horizon:
            answer = self.get_response(request)
        return _keep(key, request, answer, horizon)


def _find(key: Key) -> Kept | None:
    kept = shelf.get(key)
    if kept is None:
        stored = cache.get(_shared_key(key))
        if stored is None:
            return None
        kept = Kept(*stored)
        shelf.put(key, kept)
    if kept.until <= time.time():
        shelf.drop(key)
        return None
    return kept


def _shared_key(key: Key) -> str:
    return "edge:" + blake2b("\n".join(key).encode(errors="surrogateescape"), digest_size=20).hexdigest()


def _is_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name == "wagtail_serve"


def _own(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    if _is_page(request) and not answer.has_header("Cache-Control"):
        answer["Cache-Control"] = OWN
    return answer


def _keep(key: Key, request: HttpRequest, answer: HttpResponse, horizon: freshness.Horizon) -> HttpResponse:
    if _is_page(request) and not answer.has_header("Cache-Control"):
        patch_vary_headers(answer, ("Cookie", "Accept-Language"))
        answer["Cache-Control"] = OWN if answer.cookies else PAGE
    if not _may_be_kept(request, answer):
        return answer
    answer["ETag"] = etag = f'"{blake2b(answer.content, digest_size=12).hexdigest()}"'
    until = time.time() + settings.EDGE_SECONDS
    if horizon.at is not None:
        until = min(until, horizon.at.timestamp())
    kept = Kept(answer.content, etag, {**answer.headers._store, "x-cache": ("X-Cache", "hit")}, until)
    seconds = until - time.time()
    if seconds > 0 and request.method == "GET":
        shelf.put(key, kept)
        cache.set(_shared_key(key), (kept.body, kept.etag, kept.headers, kept.until), max(1, int(seconds)))
        _say_kept(answer, key, until)
    answer["X-Cache"] = "miss"
    return get_conditional_response(request, etag=etag, response=answer)


def _say_kept(answer: HttpResponse, key: Key, until: float) -> None:
    """Tell the fast lane under which academy's mark this answer is kept, and how long."""
    answer.kept_under, answer.kept_until = key[:2], until  # type: ignore[attr-defined]


def _may_be_kept(request: HttpRequest, answer: HttpResponse) -> bool:
    varies = {name.strip().lower() for name in answer.get("Vary", "").split(",") if name.strip()}
    return (
        answer.status_code == 200
        and not answer.streaming
        and not answer.cookies
        and not _is_somebodys(request)
        and "public" in answer.get("Cache-Control", "")
        and varies <= _MAY_VARY
        and len(answer.content) <= LARGEST
        and len(request.META.get("QUERY_STRING", "")) <= 500
    )


def _is_somebodys(request: HttpRequest) -> bool:
    """Answer whether a request brought, or its answer read, anything of one visitor: a token, a session, who it belongs to."""
    if "HTTP_AUTHORIZATION" in request.META or not cookies_of(request.META).isdisjoint(_READ):
        return True
    session: Any = getattr(request, "session", None)
    if session is not None and session.accessed and not session.is_empty():
        return True
    user: Any = getattr(request, "user", None)
    return bool(user is not None and user.is_authenticated) or "CSRF_COOKIE_NEEDS_UPDATE" in request.META


def forget() -> None:
    """Empty the shelf of this process, for tests."""
    shelf.clear()
