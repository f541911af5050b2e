"""A document to read or print."""

from django.utils.translation import gettext_lazy as _

from catalog.activities.kinds.pdf.block import PdfBlock, body
from catalog.activities.registry import Completion, Kind

KIND = Kind(
    name="pdf",
    label=_("PDF"),
    icon="doc-full-inverse",
    block=PdfBlock,
    completion=Completion.VIEWED,
    template="activities/pdf.html",
    body=body,
)
