"""HTML doors of the surroundings: an academy's style sheet."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from home.pages.chrome import chrome


@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """Answer the academy's colours as CSS; its address carries the version, so browsers keep it for a year."""
    known = chrome()
    answer = HttpResponse(known.css, content_type="text/css; charset=utf-8")
    current = request.GET.get("v") == known.version
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return answer
