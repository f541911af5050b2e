"""The length of a film in the library, read from the file itself."""

import logging
import math
from typing import Any

from pymediainfo import MediaInfo

logger = logging.getLogger(__name__)


def of_file(document: Any) -> int | None:
    """Return the length of a document in whole seconds, at least 1; None for what tells none. Reads its head only."""
    try:
        with document.open_file() as file:
            [general, *_] = MediaInfo.parse(file).general_tracks
            milliseconds = float(general.duration)
    except (OSError, RuntimeError, TypeError, ValueError):
        logger.info("the length of document %s can't be read", document.pk, exc_info=True)
        return None
    return max(1, math.floor(milliseconds / 1000)) if math.isfinite(milliseconds) else None
