"""Cross-origin requests: each academy names the web sites that may call its API from a browser."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from home.pages.origins import origins

_METHODS = "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"
_HEADERS = "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-ID"
_EXPOSED = "ETag, Idempotent-Replayed, Location, Retry-After, X-Request-ID"


class CorsMiddleware:
    """Answers preflights and marks answers for known origins. Cookies never cross: programs elsewhere use tokens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = request.META.get("HTTP_ORIGIN", "")
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        preflight = origin and request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
        answer = HttpResponse(status=204) if preflight else self.get_response(request)
        # Also where no origin was told: a cache outside must not give that answer to a site that names itself.
        patch_vary_headers(answer, ["Origin"])
        if origin and origin in origins():
            answer["Access-Control-Allow-Origin"] = origin
            answer["Access-Control-Expose-Headers"] = _EXPOSED
            if preflight:
                answer["Access-Control-Allow-Methods"] = _METHODS
                answer["Access-Control-Allow-Headers"] = _HEADERS
                answer["Access-Control-Max-Age"] = "600"
        return answer
