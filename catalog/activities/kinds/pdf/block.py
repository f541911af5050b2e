from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import RichTextBlock, StructBlock, StructValue
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.rich_text import expand_db_html


class PdfBlock(StructBlock):
    file = DocumentChooserBlock(help_text=_("A PDF from the library."))
    introduction = RichTextBlock(required=False, features=["bold", "italic", "link", "ol", "ul"])

    class Meta:
        icon = "doc-full-inverse"
        label = _("PDF")
        description = _("A document to read or print. It is complete when the learner has opened it.")
        preview_value = {"introduction": "<p>Print this and hang it beside the oven.</p>"}
        template = "activities/pdf.html"


def body(value: StructValue) -> dict[str, Any]:
    return {
        "url": value["file"].url if value["file"] else None,
        "title": value["file"].title if value["file"] else "",
        "introduction": expand_db_html(value["introduction"].source) if value["introduction"] else "",
    }
