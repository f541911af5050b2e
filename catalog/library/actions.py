"""Renditions of pictures, and the default collections."""

import logging
from collections.abc import Sequence

from wagtail.models import Collection

from academies.tenants import cache_version
from catalog.library.models import AcademyImage
from catalog.library.queries import PUBLIC_COLLECTION

logger = logging.getLogger(__name__)


def render(*, image_id: int, specs: Sequence[str]) -> int:
    """Create the missing renditions of a picture. Returns how many it has. Safe to repeat.

    A deleted picture or an unreadable file is no failure: the page shows a placeholder.
    """
    image = AcademyImage.objects.filter(pk=image_id).first()
    if image is None:
        return 0
    try:
        renditions = image.get_renditions(*specs)
    except (OSError, ValueError) as error:
        logger.warning("picture %s can't be rendered: %s", image_id, error)
        return 0
    cache_version.bump()
    return len(renditions)


def create_default_collections() -> Collection:
    """Create the collection of documents that anybody may list. Safe to repeat."""
    root = Collection.get_first_root_node()
    existing = root.get_children().filter(name=PUBLIC_COLLECTION).first()
    return existing or root.add_child(instance=Collection(name=PUBLIC_COLLECTION))
