"""Views for crawlers: the sitemap and llms.txt. Both list public pages only, at the academy's own host."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from academies.kernel import clock
from academies.tenants import queries as tenants
from catalog.api.base import PUBLIC
from catalog.api.url_builder import UrlBuilder
from catalog.courses.queries import public_courses
from catalog.events.queries import public_events, with_next_date
from home.pages.queries import public_pages
from home.pages.site_frame import site_frame

_MOST = 50_000


def _public_response(body: str, content_type: str) -> HttpResponse:
    return HttpResponse(body, content_type=content_type, headers={"Cache-Control": PUBLIC})


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List all public pages. Source: sitemaps.org, protocol 0.9, which allows 50,000."""
    addresses = UrlBuilder()
    rows = public_pages().order_by("path").values_list("url_path", "last_published_at")[:_MOST]
    entries = (
        f"<url><loc>{escape(addresses.full(url_path))}</loc>"
        + (f"<lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else "")
        + "</url>"
        for url_path, changed in rows
        if addresses.path(url_path)
    )
    body = "".join(entries)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return _public_response(f"{head}{body}</urlset>\n", "application/xml; charset=utf-8")


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """List the academy's courses and events in Markdown. Source: llmstxt.org."""
    frame, addresses, now = site_frame(), UrlBuilder(), clock.now()
    courses = public_courses().order_by("title").values_list("title", "url_path", "summary")
    upcoming = with_next_date(public_events(), now).filter(next_start__isnull=False).order_by("next_start")
    origin = tenants.current_base_url()
    parts = [
        f"# {frame.name}",
        f"> {frame.tagline}" if frame.tagline else "",
        _section("Courses", courses, addresses),
        _section("Events", upcoming.values_list("title", "url_path", "summary"), addresses),
        f"## For programs\n\n- [Courses as JSON]({origin}/api/v2/courses/)\n- [Events as JSON]({origin}/api/v2/events/)\n"
        f"- [Sitemap]({origin}/sitemap.xml)",
    ]
    return _public_response("\n\n".join(part for part in parts if part) + "\n", "text/plain; charset=utf-8")


def _section(title: str, rows: Iterable[tuple[str, str, str]], addresses: UrlBuilder) -> str:
    lines = [f"- [{name}]({addresses.full(at)}): {summary}" for name, at, summary in rows]
    return "\n".join([f"## {title}", "", *lines]) if lines else ""
