"""The one view through which pictures leave. Documents leave through `catalog.library.documents`; nothing else has an address.

The database decides, not the path: a file is sent when a rendition of this academy has exactly this name, so no spelling of a
path reaches an original, a document or another academy's file.
"""

import mimetypes

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from academies.kernel import policies
from catalog.library import queries
from catalog.library.models import Rendition

# Browsers keep a picture for a week. Shared caches ask again after five minutes, so that they stop serving a picture that
# became private or was replaced.
_PUBLIC = "public, max-age=604800, s-maxage=300"
_PRIVATE = "private, no-cache"


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send a rendition to those who may see its picture, or a portrait of the staff to the staff."""
    rendition = queries.rendition_named(path)
    if rendition is None:
        return _portrait(request, path)
    if rendition.is_public:
        return _send(request, path, etag=_etag(rendition), cache_control=_PUBLIC)
    if not policies.may("library.see_image", request.user, rendition.image):
        raise Http404
    return _send(request, path, etag=_etag(rendition), cache_control=_PRIVATE)


def _etag(rendition: Rendition) -> str:
    """A rendition is never rewritten: a replaced picture gets new ones."""
    return f'"rendition-{rendition.pk}"'


def _portrait(request: HttpRequest, path: str) -> HttpResponseBase:
    portrait = queries.portrait_named(path)
    if portrait is None or not policies.may("library.see_portrait", request.user, portrait):
        raise Http404
    return _send(request, path, etag=f'"portrait-{portrait.pk}"', cache_control=_PRIVATE)


def _send(request: HttpRequest, name: str, *, etag: str, cache_control: str) -> HttpResponseBase:
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        try:
            opened = default_storage.open(name)
        except OSError as error:
            raise Http404 from error
        content_type, _ = mimetypes.guess_type(name)
        response = FileResponse(opened, content_type=content_type or "application/octet-stream")
    response["ETag"] = etag
    response["Cache-Control"] = cache_control
    response["X-Content-Type-Options"] = "nosniff"
    # A picture is looked at; an SVG that carries a script must not run it.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
