"""A lesson to read."""

from catalog.activities.kinds.text.block import TextBlock, body
from catalog.activities.registry import Completion, Kind

KIND = Kind(
    name="text",
    label="Text",
    icon="doc-full",
    block=TextBlock,
    completion=Completion.VIEWED,
    template="activities/text.html",
    body=body,
)
