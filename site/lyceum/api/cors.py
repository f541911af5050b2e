"""Cross-origin requests: each academy names the web sites that may call its API from a browser.

Cookies are never allowed across origins: programs elsewhere use tokens.
"""

from typing import Any

from corsheaders.middleware import CorsMiddleware as BaseCorsMiddleware
from corsheaders.signals import check_request_enabled
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

from home.pages.origins import origins


class CorsMiddleware(BaseCorsMiddleware):
    def check_preflight(self, request: HttpRequest) -> HttpResponseBase | None:
        response = super().check_preflight(request)
        if response is not None:
            # No content, as its length says.
            response.status_code = 204
            del response["Content-Length"]
        return response


@receiver(check_request_enabled)
def allow_origins_of_academy(request: HttpRequest, **kwargs: Any) -> bool:
    return request.path.startswith("/api/") and request.headers.get("Origin") in origins()
