"""A lesson to read."""

from django.utils.translation import gettext_lazy as _

from catalog.activities.kinds.text.block import TextBlock, body
from catalog.activities.registry import Completion, Kind

KIND = Kind(
    name="text",
    label=_("Text"),
    icon="doc-full",
    block=TextBlock,
    completion=Completion.VIEWED,
    template="activities/text.html",
    body=body,
)
