"""Blocks of the home page and standard pages, each with a description and a preview."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, RichTextBlock, StructBlock, StructBlockValidationError, TextBlock
from wagtail.images.blocks import ImageBlock

# Allowed targets of a button: a page of this site, an anchor, a web address, an email address, a phone number. No scripts.
_ALLOWED_TARGET = re.compile(r"(?:/(?![/\\])|#|https?://|mailto:|tel:)\S*", re.IGNORECASE)


class TextSection(StructBlock):
    heading = CharBlock(required=False, max_length=120)
    text = RichTextBlock(features=["h3", "bold", "italic", "link", "ol", "ul", "blockquote"])

    class Meta:
        icon = "pilcrow"
        description = _("A heading and some text below it.")
        preview_value = {"heading": "Why we bake", "text": "<p>Because bread made slowly tastes of something.</p>"}
        template = "pages/blocks/text_section.html"


class PictureSection(StructBlock):
    picture = ImageBlock()
    caption = CharBlock(required=False, max_length=200)

    class Meta:
        icon = "image"
        description = _("A picture with a caption. Describe the picture for those who can't see it.")
        preview_value = {"caption": "The first loaves of the morning"}
        template = "pages/blocks/picture_section.html"


class QuoteSection(StructBlock):
    quote = TextBlock()
    who = CharBlock(required=False, max_length=120)

    class Meta:
        icon = "openquote"
        description = _("Something a learner said, in their words.")
        preview_value = {"quote": "I haven't bought a loaf since.", "who": "Ana, course of 2025"}
        template = "pages/blocks/quote_section.html"


class Step(StructBlock):
    title = CharBlock(max_length=80)
    text = TextBlock()

    class Meta:
        icon = "list-ol"


class StepsSection(StructBlock):
    heading = CharBlock(required=False, max_length=120)
    steps = ListBlock(Step(), min_num=1)

    class Meta:
        icon = "list-ol"
        description = _("How something works, step by step.")
        preview_value = {"heading": "How it works", "steps": [{"title": "Choose", "text": "Find a course that fits."}]}
        template = "pages/blocks/steps_section.html"


class ActionSection(StructBlock):
    heading = CharBlock(max_length=120)
    text = CharBlock(required=False, max_length=250)
    label = CharBlock(max_length=40)
    address = CharBlock(max_length=250, help_text=_("Such as /courses/."))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not _ALLOWED_TARGET.fullmatch(cleaned["address"]):
            message = "Begin with / for a page of this site, such as /courses/, or with https://, mailto: or tel:."
            raise StructBlockValidationError(block_errors={"address": ValidationError(message)})
        return cleaned

    class Meta:
        icon = "link"
        description = _("One thing to do next: a sentence and a button.")
        preview_value = {"heading": "Ready to begin?", "label": "See the courses", "address": "/courses/"}
        template = "pages/blocks/action_section.html"


BODY = [
    ("text", TextSection()),
    ("picture", PictureSection()),
    ("quote", QuoteSection()),
    ("steps", StepsSection()),
    ("action", ActionSection()),
]
