"""Which requests and responses the page cache handles, and under which key. Decides; keeps nothing."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.handlers.wsgi import get_str_from_wsgi
from django.http import HttpRequest, HttpResponse, parse_cookie

from academies.tenants import queries as tenants
from home.pages.origins import origins
from lyceum import languages

Key = tuple[str, ...]

# Lists that read neither a session nor a token. Addresses below them that do are never public.
OPEN = ("/api/v2/", "/api/v1/courses/", "/api/v1/instructors/", "/api/v1/events/")
# Nothing below these is the same for everybody.
_NEVER = ("/admin/", "/api/v1/", "/account/", "/hooks/", "/static/", "/media/", "/documents/")
LARGEST = 500_000
LONGEST_QUERY = 500

# What pages and lists read. A query with any other name is answered and not kept.
PAGE_PARAMETERS = frozenset({"attendance", "category", "level", "locked", "page", "past", "q", "v"})
API_PARAMETERS = frozenset(
    {
        "all_courses", "ancestor_of", "attendance", "category", "child_of", "city", "country", "course", "descendant_of",
        "event", "event_slug", "fields", "free", "gives_certificate", "id", "instructor", "interval", "language", "level", "limit",
        "locale", "name", "offset", "order", "page", "page_size", "search", "search_operator", "slug", "translation_of",
        "type", "venue", "when",
    }
)  # fmt: skip
# Another spelling of a number that has one already.
_PADDED = re.compile(r"/0\d")

# A request with one of these gets a response of its own, except from lists that read neither.
PERSONAL_COOKIES = frozenset({settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name})
# All cookies that anything here reads. Any other, such as an analytics cookie, is hidden while an entry is made.
READ_COOKIES = PERSONAL_COOKIES | {settings.CSRF_COOKIE_NAME}
_NO_COOKIES: frozenset[str] = frozenset()
# What the key holds, and what only refusals read: they are no 200, so they are never kept.
_VISIBLE = frozenset({"HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID", "HTTP_ACCEPT", "HTTP_REFERER"})

MAY_VARY = frozenset({"accept", "accept-language", "accept-encoding", "authorization", "cookie", "origin"})


def cookie_names(environ: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the cookies of a request as Django reads them: decoded, stripped, of duplicates the last."""
    if not environ.get("HTTP_COOKIE"):
        return _NO_COOKIES
    return frozenset(parse_cookie(get_str_from_wsgi(environ, "HTTP_COOKIE", "")))


def is_personal(environ: Mapping[str, Any], path: str) -> bool:
    """Return whether a request has a session or a token, at a path where they change the response."""
    if path.startswith(OPEN):
        return False
    return "HTTP_AUTHORIZATION" in environ or not cookie_names(environ).isdisjoint(PERSONAL_COOKIES)


def key_of(request: HttpRequest) -> Key | None:
    """Return what the response depends on, or None when it is personal. The first part is the academy's schema."""
    path = request.path_info
    if request.method not in ("GET", "HEAD") or (path.startswith(_NEVER) and not path.startswith(OPEN)):
        return None
    if is_personal(request.META, path):
        return None
    is_api = path.startswith("/api/")
    return (
        request.tenant.schema_name,  # type: ignore[attr-defined]
        path,
        # As it came: of a name that is given twice the last counts, and pages print it into their links.
        request.META.get("QUERY_STRING", ""),
        languages.of_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")) if is_api else "",
        f"{request.scheme}://{request.META.get('HTTP_HOST', '')}",
        _known_origin(request) if is_api else "",
    )


def _known_origin(request: HttpRequest) -> str:
    """Return the Origin when the academy allows it; all others get one and the same response."""
    origin: str = request.META.get("HTTP_ORIGIN", "")
    return origin if origin and origin in origins() else ""


def is_canonical(request: HttpRequest) -> bool:
    """Return whether a request is spelled as the academy's own links are; invented spellings are endless."""
    query = request.META.get("QUERY_STRING", "")
    return _is_canonical_host(request) and (not query or _is_known(query, request.path_info))


def _is_canonical_host(request: HttpRequest) -> bool:
    host: str = request.META.get("HTTP_HOST", "")
    name = tenants.normal_host(host)
    return host == name or host == f"{name}:{settings.PUBLIC_PORT}"


def _is_known(query: str, path: str) -> bool:
    if len(query) > LONGEST_QUERY:
        return False
    known = API_PARAMETERS if path.startswith("/api/") else PAGE_PARAMETERS
    return known.issuperset(name for name, _ in parse_qsl(query, keep_blank_values=True))


def may_store(request: HttpRequest) -> bool:
    """Return whether the response to an ordinary request may become an entry: nothing in it belongs to one visitor."""
    environ = request.META
    return (
        request.method == "GET"
        and "HTTP_AUTHORIZATION" not in environ
        and environ.get("CONTENT_LENGTH", "") in ("", "0")
        and "HTTP_TRANSFER_ENCODING" not in environ
        and cookie_names(environ).isdisjoint(READ_COOKIES)
        and not _PADDED.search(request.path_info)
    )


@contextmanager
def hide_all_but(request: HttpRequest, key: Key) -> Iterator[None]:
    """Hide everything that a client sent and the key does not hold, for the length of a block."""
    environ, language, origin = request.META, key[3], key[5]
    hidden = {name: environ.pop(name) for name in list(environ) if name.startswith("HTTP_") and name not in _VISIBLE}
    environ |= {name: value for name, value in _headers_of_key(language, origin).items() if value}
    _forget_parsed(request)
    try:
        yield
    finally:
        for name in _headers_of_key(language, origin):
            environ.pop(name, None)
        environ.update(hidden)
        _forget_parsed(request)


def _headers_of_key(language: str, origin: str) -> dict[str, str]:
    return {"HTTP_ACCEPT_LANGUAGE": language, "HTTP_ORIGIN": origin}


def _forget_parsed(request: HttpRequest) -> None:
    for name in ("headers", "COOKIES", "accepted_types", "accepted_types_by_precedence"):
        request.__dict__.pop(name, None)


def may_be_stored(request: HttpRequest, response: HttpResponse) -> bool:
    """Return whether a response that was made for nobody in particular may be sent to everybody."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and _directives(response, "Cache-Control").isdisjoint({"private", "no-store", "no-cache"})
        and "public" in _directives(response, "Cache-Control")
        and _directives(response, "Vary") <= MAY_VARY
        and len(response.content) <= LARGEST
        and not _is_personalised(request)
    )


def _directives(response: HttpResponse, header: str) -> set[str]:
    parts = (part.partition("=")[0].strip().lower() for part in response.get(header, "").split(","))
    return {part for part in parts if part}


def _is_personalised(request: HttpRequest) -> bool:
    """Return whether anything of one visitor was read or made: a session, the person in it, a form's token."""
    session: Any = getattr(request, "session", None)
    if session is not None and session.accessed and not session.is_empty():
        return True
    user: Any = getattr(request, "user", None)
    return bool(user is not None and user.is_authenticated) or "CSRF_COOKIE_NEEDS_UPDATE" in request.META
