"""The door to an academy's public media, for deployments without a file server or object store in front."""

import mimetypes
from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

# Documents are private: they leave through a view that asks who may read them.
_PUBLIC_FOLDERS = ("images", "avatar_images")


@require_safe
def media(request: HttpRequest, path: str) -> FileResponse:
    """Serve a picture of the current academy. Names of renditions carry a hash of their content, so they never change."""
    parts = PurePosixPath(path).parts
    if not parts or parts[0] not in _PUBLIC_FOLDERS or "\0" in path:
        raise Http404
    try:
        opened = default_storage.open(path)
    except (FileNotFoundError, IsADirectoryError, SuspiciousOperation, OSError) as error:
        raise Http404 from error
    kind, _ = mimetypes.guess_type(path)
    answer = FileResponse(opened, content_type=kind or "application/octet-stream")
    answer["Cache-Control"] = "public, max-age=604800"
    answer["X-Content-Type-Options"] = "nosniff"
    # A picture is looked at; an SVG that carries a script must not run it.
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer
