from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import RichTextBlock, StructValue
from wagtail.rich_text import expand_db_html, get_text_for_indexing

from catalog.activities.blocks import CheckedStructBlock


class TextBlock(CheckedStructBlock):
    text = RichTextBlock(features=["h2", "h3", "bold", "italic", "link", "ol", "ul", "image", "blockquote", "hr"])

    def faults(self, value: StructValue) -> dict[str, str]:
        # The editor stores an empty paragraph where nothing was written. A picture alone is something to look at.
        source = value["text"].source
        says_something = get_text_for_indexing(source).strip() or "<embed" in source
        return {} if says_something else {"text": _("Nothing is written here yet.")}

    class Meta:
        icon = "doc-full"
        label = _("Text")
        description = _("A lesson to read. It is complete when the learner has opened it.")
        preview_value = {"text": "<h2>What a starter is</h2><p>Flour, water and patience.</p>"}
        template = "activities/text.html"


def body(value: StructValue) -> dict[str, Any]:
    return {"html": expand_db_html(value["text"].source)}
