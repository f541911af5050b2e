"""The view that serves documents, whole or in part: players request a range of bytes to seek in a video."""

import re
from collections.abc import Iterator
from typing import Any

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.documents.models import document_served

from catalog.library import queries
from catalog.library.models import AcademyDocument

_CHUNK = 64 * 1024


_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$", re.ASCII)


@require_safe
@xframe_options_sameorigin
def serve(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    """Serve a document to those who may read it, at the address that Wagtail gives it.

    Replaces Wagtail's view, which doesn't support ranges. Its hooks decide who may read: Wagtail's own checks the
    restrictions of the collection, that of `commerce.learning` whether the reader may attend a lesson that uses it.
    """
    document = get_object_or_404(AcademyDocument, pk=document_id)
    if document.filename != document_filename:
        raise Http404
    for hook in hooks.get_hooks("before_serve_document"):
        response = hook(document, request)
        if isinstance(response, HttpResponseBase):
            return response
    document_served.send(sender=AcademyDocument, instance=document, request=request)
    try:
        return _document_response(request, document, is_public=queries.is_public(document))
    except FileNotFoundError as error:
        raise Http404 from error


def _document_response(request: HttpRequest, document: AcademyDocument, *, is_public: bool) -> HttpResponseBase:
    """Return a document, or the requested range of it. Only public ones may be stored by shared caches."""
    # Computes and stores the hash of a document that has none yet.
    etag = f'"{document.get_file_hash()}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        response = _content(request, document, etag)
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "public, max-age=300" if is_public else "private, no-cache"
    # Scripts inside an uploaded document must not run on the academy's origin.
    response["Content-Security-Policy"] = "default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _content(request: HttpRequest, document: AcademyDocument, etag: str) -> HttpResponseBase:
    size = document.file.size
    try:
        selected = byte_range(_range_header(request, etag), size)
    except OutOfRange:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file = document.file.storage.open(document.file.name, "rb")
    if selected is None:
        whole = FileResponse(file, content_type=document.content_type)
        whole["Content-Length"] = str(size)
        whole["Content-Disposition"] = document.content_disposition
        return whole
    first, last = selected
    response = StreamingHttpResponse(_read(file, first, last), status=206, content_type=document.content_type)
    response["Content-Length"] = str(last - first + 1)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Disposition"] = document.content_disposition
    return response


def _range_header(request: HttpRequest, etag: str) -> str:
    """Return the Range header, unless it is for another version of the file."""
    condition = request.headers.get("If-Range", "").strip()
    return request.headers.get("Range", "") if condition in ("", etag) else ""


class OutOfRange(ValueError):
    """The requested bytes are behind the end of the file."""


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the first and the last byte that a Range header requests; None for the whole file.

    Several ranges, other units and invalid headers mean the whole file. Raises OutOfRange.  Source: RFC 9110, section 14.
    """
    match = _RANGE.match(header.strip())
    if match is None or not any(match.groups()):
        return None
    start, end = match.groups()
    if start:
        first, last = int(start), min(int(end), size - 1) if end else size - 1
        if end and int(end) < int(start):
            return None
    else:
        first, last = max(0, size - int(end)), size - 1
    if first > last:
        raise OutOfRange
    return first, last


def _read(file: Any, first: int, last: int) -> Iterator[bytes]:
    """Read a part of a file without touching the database: by then the academy's schema is no longer set."""
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
