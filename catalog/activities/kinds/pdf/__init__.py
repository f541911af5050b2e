"""A document to read or print."""

from catalog.activities.kinds.pdf.block import PdfBlock, body
from catalog.activities.registry import Completion, Kind

KIND = Kind(
    name="pdf",
    label="PDF",
    icon="doc-full-inverse",
    block=PdfBlock,
    completion=Completion.VIEWED,
    template="activities/pdf.html",
    body=body,
)
