"""Select the academy of a request by its host, before any other middleware that needs one."""

from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from academies.tenants import queries
from academies.tenants.models import Academy

_CLOSED = {
    Academy.Status.PROVISIONING: (404, "unknown_host.html"),
    Academy.Status.CLOSED: (404, "unknown_host.html"),
    Academy.Status.MAINTENANCE: (503, "maintenance.html"),
    Academy.Status.SUSPENDED: (503, "suspended.html"),
}


class AcademyMiddleware:
    """Enter the academy of the host, and leave it after the response.

    No query once warm. An unknown host gets a plain 404 page. Wagtail's preview runs the middleware with a dummy request
    whose host is `Site.hostname`: it stays in the current academy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request, "is_dummy", False):
            request.tenant = connection.tenant  # type: ignore[attr-defined]
            return self.get_response(request)
        academy = queries.academy_at(request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", ""))
        if academy is None:
            return HttpResponse(render_to_string("unknown_host.html"), status=404)
        if academy.status in _CLOSED and not _stores_only(request, academy):
            status, page = _CLOSED[Academy.Status(academy.status)]
            response = HttpResponse(render_to_string(page, {"academy": academy}), status=status)
            if status == 503:
                response["Retry-After"] = "300"
            return response
        request.tenant = academy  # type: ignore[attr-defined]
        before = connection.tenant
        connection.set_tenant(academy)
        try:
            with timezone.override(academy.zone):
                return _stream_inside(self.get_response(request), academy)
        finally:
            # `public`, or the academy of a test.
            connection.set_tenant(before)


def _stores_only(request: HttpRequest, academy: Academy) -> bool:
    """Return whether a paused academy accepts the request: webhooks are stored in `public` and handled later."""
    is_paused = _CLOSED[Academy.Status(academy.status)][0] == 503
    return is_paused and request.path_info in settings.OPEN_WHILE_PAUSED


def _stream_inside(response: HttpResponse, academy: Academy) -> HttpResponse:
    """Make a streamed body, such as the admin's CSV exports, be generated inside the academy."""
    if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse) and not response.is_async:
        response.streaming_content = _inside(academy, response.streaming_content)
    return response


def _inside(academy: Academy, chunks: Iterable[bytes]) -> Iterator[bytes]:
    before = connection.tenant
    connection.set_tenant(academy)
    try:
        with timezone.override(academy.zone):
            yield from chunks
    finally:
        connection.set_tenant(before)
