from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import IntegerBlock, RichTextBlock, StructValue, TextBlock, URLBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.rich_text import expand_db_html

from catalog.activities.blocks import CheckedStructBlock
from catalog.activities.kinds.video import duration, rules


class VideoBlock(CheckedStructBlock):
    file = DocumentChooserBlock(
        required=False, help_text=_("A film from the library, as MP4 or WebM; only the enrolled can fetch it.")
    )
    url = URLBlock(
        required=False,
        help_text=_("Or the address of an MP4 or WebM file elsewhere. Pages of YouTube or Vimeo don't play."),
    )
    captions = DocumentChooserBlock(required=False, help_text=_("WebVTT captions."))
    duration_seconds = IntegerBlock(
        required=False,
        min_value=1,
        help_text=_(
            "Length in seconds; progress is measured against it. Leave empty for a film from the library: it is read "
            "from the file when the lesson is published."
        ),
    )
    must_watch_percent = IntegerBlock(
        min_value=1, max_value=100, default=90, help_text=_("How much completes the lesson.")
    )
    transcript = TextBlock(required=False)
    notes = RichTextBlock(required=False, features=["bold", "italic", "link", "ol", "ul"])

    def clean(self, value: StructValue) -> StructValue:
        if not self.is_deferred_validation and value["file"] and not value["duration_seconds"]:
            value["duration_seconds"] = duration.of_file(value["file"])
        return super().clean(value)

    def faults(self, value: StructValue) -> dict[str, str]:
        source = "file" if value["file"] else "url"
        fault = rules.fault(file=value["file"].filename if value["file"] else "", url=value["url"] or "")
        faults = {source: _FAULTS[fault]} if fault else {}
        if not value["duration_seconds"]:
            faults["duration_seconds"] = _("How long is it? It can't be read from the file: type the seconds.")
        return faults

    class Meta:
        icon = "media"
        label = _("Video")
        description = _("A lesson to watch, with captions and a transcript.")
        preview_value = {
            "duration_seconds": 90,
            "must_watch_percent": 90,
            "notes": "<p>Watch the fold at one minute.</p>",
        }
        template = "activities/video.html"


_FAULTS = {
    "missing": _("Choose a film from the library, or give the address of one."),
    "file": _("This file is not a film that browsers play. Upload it as MP4 or WebM."),
    "site": _(
        "Films of YouTube, Vimeo and the like don't play here yet. Upload the film to the library, or give the address of "
        "the file itself."
    ),
    "address": _("This is not the address of a film file. It begins with https:// and ends in .mp4 or .webm."),
}


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
