"""Making the sizes of a picture."""

import logging
from collections.abc import Sequence

from wagtail.models import Collection

from academies.tenants import cache_version
from catalog.library.models import AcademyImage
from catalog.library.queries import PUBLIC_COLLECTION

logger = logging.getLogger(__name__)


def render(*, image_id: int, specs: Sequence[str]) -> int:
    """Make the renditions of a picture that are missing; returns how many it has. Tolerates running again.

    A picture that is gone, or a file that can't be read, is no failure: the page shows its placeholder.
    """
    image = AcademyImage.objects.filter(pk=image_id).first()
    if image is None:
        return 0
    try:
        made = image.get_renditions(*specs)
    except (OSError, ValueError) as error:
        logger.warning("picture %s can't be rendered: %s", image_id, error)
        return 0
    cache_version.bump()
    return len(made)


def plant_collections() -> Collection:
    """Make the collection of documents that anybody may list. Tolerates running again."""
    root = Collection.get_first_root_node()
    found = root.get_children().filter(name=PUBLIC_COLLECTION).first()
    return found or root.add_child(instance=Collection(name=PUBLIC_COLLECTION))
