"""HTML door: a file of a lesson, whole or in part. Players seek in a video by asking for a range of its bytes."""

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

from catalog.library.models import AcademyDocument
from commerce.learning import queries, rules

_CHUNK = 64 * 1024


@require_safe
@xframe_options_sameorigin
def serve(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    """Serve a document to those who may read it, at the address that Wagtail gives it.

    In place of Wagtail's own view, which knows no ranges and doesn't let a hook answer with a stream.
    """
    document = get_object_or_404(AcademyDocument, pk=document_id)
    if document.filename != document_filename:
        raise Http404
    for ask in hooks.get_hooks("before_serve_document"):
        # Wagtail's own asks for the restrictions of the collection; ours asks who may attend a lesson that uses it.
        instead = ask(document, request)
        if isinstance(instead, HttpResponseBase):
            return instead
    document_served.send(sender=AcademyDocument, instance=document, request=request)
    try:
        return _answer(request, document, is_public=queries.is_public(document))
    except FileNotFoundError as error:
        raise Http404 from error


def _answer(request: HttpRequest, document: AcademyDocument, *, is_public: bool) -> HttpResponseBase:
    """Send a document, or the range of it that was asked for. What isn't public is kept by the reader's browser only."""
    # Of one that was stored without its hash this makes it, once.
    mark = f'"{document.get_file_hash()}"'
    if mark in parse_etags(request.headers.get("If-None-Match", "")):
        sent: HttpResponseBase = HttpResponseNotModified()
    else:
        sent = _body(request, document, mark)
    sent["ETag"] = mark
    sent["Accept-Ranges"] = "bytes"
    sent["Cache-Control"] = "public, max-age=300" if is_public else "private, no-cache"
    # A document is looked at; whatever it carries must not run in the academy's name.
    sent["Content-Security-Policy"] = "default-src 'none'"
    sent["X-Content-Type-Options"] = "nosniff"
    return sent


def _body(request: HttpRequest, document: AcademyDocument, mark: str) -> HttpResponseBase:
    size = document.file.size
    try:
        part = rules.byte_range(_wanted(request, mark), size)
    except rules.OutOfRange:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    opened = document.file.storage.open(document.file.name, "rb")
    if part is None:
        whole = FileResponse(opened, content_type=document.content_type)
        whole["Content-Length"] = str(size)
        whole["Content-Disposition"] = document.content_disposition
        return whole
    first, last = part
    sent = StreamingHttpResponse(_read(opened, first, last), status=206, content_type=document.content_type)
    sent["Content-Length"] = str(last - first + 1)
    sent["Content-Range"] = f"bytes {first}-{last}/{size}"
    sent["Content-Disposition"] = document.content_disposition
    return sent


def _wanted(request: HttpRequest, mark: str) -> str:
    """Return the range asked for, unless it was asked of an older file."""
    condition = request.headers.get("If-Range", "").strip()
    return request.headers.get("Range", "") if condition in ("", mark) else ""


def _read(opened: Any, first: int, last: int) -> Iterator[bytes]:
    """Read a part of a file without touching the database: the academy is left before this runs."""
    with opened:
        opened.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := opened.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
