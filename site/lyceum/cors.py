"""Cross-origin requests: each academy names the web sites that may call its API from a browser."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_save
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from academies.kernel import policies
from academies.tenants import freshness
from home.pages.models import Headless

_KEY = "cors-origins"
_METHODS = "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"
_HEADERS = "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-ID"
_EXPOSED = "ETag, Idempotent-Replayed, Location, Retry-After, X-Request-ID"


def origins() -> frozenset[str]:
    """Return the origins that this academy lets in; no query once warm."""
    kept = cache.get(_KEY)
    if kept is None:
        setting = Headless.objects.first()
        kept = setting.allowed() if setting else frozenset()
        cache.set(_KEY, kept, 300)
    return kept


@policies.register("pages.own_origin")
def is_own_origin(person: Any, origin: str) -> bool:
    """Checkout sends buyers back to these sites as well."""
    return origin in origins()


def forget(**_: Any) -> None:
    """Now for this transaction, and once more after it: until then another process reads the old row and keeps it."""
    cache.delete(_KEY)
    transaction.on_commit(lambda: cache.delete(_KEY), robust=True)
    # Answers that were kept carry the headers of their time.
    freshness.touch()


def listen() -> None:
    post_save.connect(forget, sender=Headless, dispatch_uid="cors-origins")


class CorsMiddleware:
    """Answers preflights and marks answers for known origins. Cookies never cross: programs elsewhere use tokens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = request.META.get("HTTP_ORIGIN", "")
        if not origin or not request.path.startswith("/api/"):
            return self.get_response(request)
        preflight = request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
        answer = HttpResponse(status=204) if preflight else self.get_response(request)
        patch_vary_headers(answer, ["Origin"])
        if origin in origins():
            answer["Access-Control-Allow-Origin"] = origin
            answer["Access-Control-Expose-Headers"] = _EXPOSED
            if preflight:
                answer["Access-Control-Allow-Methods"] = _METHODS
                answer["Access-Control-Allow-Headers"] = _HEADERS
                answer["Access-Control-Max-Age"] = "600"
        return answer
