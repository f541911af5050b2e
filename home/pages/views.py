"""Doors of the surroundings: an academy's style sheet, and what robots are told."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from academies.tenants.queries import current_base_url
from home.pages.site_frame import site_frame

# Nothing here is for a search engine; what is secret is kept by permissions, not by this.
_NOT_FOR_ROBOTS = ("/account/", "/admin/", "/api/", "/checkout/", "/documents/", "/learn/", "/my/")


@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """Answer the academy's colours as CSS; its address carries the version, so browsers keep it for a year."""
    known = site_frame()
    answer = HttpResponse(known.css, content_type="text/css; charset=utf-8")
    current = request.GET.get("v") == known.version
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return answer


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS),
        f"Sitemap: {current_base_url()}/sitemap.xml",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
