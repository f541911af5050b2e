from typing import Any

from wagtail.blocks import RichTextBlock, StructBlock, StructValue
from wagtail.rich_text import expand_db_html


class TextBlock(StructBlock):
    text = RichTextBlock(features=["h2", "h3", "bold", "italic", "link", "ol", "ul", "image", "blockquote", "hr"])

    class Meta:
        icon = "doc-full"
        label = "Text"
        description = "A lesson to read. It is complete when the learner has opened it."
        preview_value = {"text": "<h2>What a starter is</h2><p>Flour, water and patience.</p>"}
        template = "activities/text.html"


def body(value: StructValue) -> dict[str, Any]:
    return {"html": expand_db_html(value["text"].source)}
