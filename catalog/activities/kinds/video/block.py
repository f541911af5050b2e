from typing import Any

from wagtail.blocks import IntegerBlock, RichTextBlock, StructBlock, StructValue, TextBlock, URLBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.rich_text import expand_db_html


class VideoBlock(StructBlock):
    url = URLBlock(required=False, help_text="Address of an MP4 or WebM file.")
    file = DocumentChooserBlock(required=False, help_text="Or a file from the library; only the enrolled can fetch it.")
    captions = DocumentChooserBlock(required=False, help_text="WebVTT captions.")
    duration_seconds = IntegerBlock(min_value=1, help_text="Length in seconds; progress is measured against it.")
    must_watch_percent = IntegerBlock(
        min_value=1, max_value=100, default=90, help_text="How much completes the lesson."
    )
    transcript = TextBlock(required=False)
    notes = RichTextBlock(required=False, features=["bold", "italic", "link", "ol", "ul"])

    class Meta:
        icon = "media"
        label = "Video"
        description = "A lesson to watch, with captions and a transcript."
        preview_value = {
            "duration_seconds": 90,
            "must_watch_percent": 90,
            "notes": "<p>Watch the fold at one minute.</p>",
        }
        template = "activities/video.html"


def address(value: StructValue) -> str:
    return value["file"].url if value["file"] else value["url"] or ""


def body(value: StructValue) -> dict[str, Any]:
    return {
        "url": address(value),
        "captions_url": value["captions"].url if value["captions"] else None,
        "duration_seconds": value["duration_seconds"],
        "must_watch_percent": value["must_watch_percent"],
        "transcript": value["transcript"],
        "notes": expand_db_html(value["notes"].source) if value["notes"] else "",
    }
