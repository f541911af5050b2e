"""A lesson to watch. Complete when enough of it was covered, wherever the learner jumped."""

from django.utils.translation import gettext_lazy as _

from catalog.activities.kinds.video.block import VideoBlock, body
from catalog.activities.registry import Completion, Kind

KIND = Kind(
    name="video",
    label=_("Video"),
    icon="media",
    block=VideoBlock,
    completion=Completion.WATCHED,
    template="activities/video.html",
    body=body,
)
