"""Views: the academy's style sheet and robots.txt."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from academies.tenants.queries import current_base_url
from home.pages.site_frame import site_frame

# Not useful in search results. Access is restricted by permissions, not by this.
_NOT_FOR_ROBOTS = ("/account/", "/admin/", "/api/", "/checkout/", "/documents/", "/learn/", "/my/")


@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """Return the academy's brand as CSS. Its URL contains the version, so browsers cache it for a year."""
    frame = site_frame()
    response = HttpResponse(frame.css, content_type="text/css; charset=utf-8")
    current = request.GET.get("v") == frame.version
    response["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS),
        f"Sitemap: {current_base_url()}/sitemap.xml",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
