"""Who may see private pictures. Documents: `commerce.learning.permissions`."""

from typing import Any

from wagtail.models import CollectionViewRestriction
from wagtail.permissions import policy_registry
from wagtail.users.models import UserProfile

from academies.kernel import policies
from catalog.library.models import AcademyImage


@policies.register("library.see_image")
def may_see_image(person: Any, image: AcademyImage) -> bool:
    """A picture of a private collection is for those to whom every restriction on the collection opens, and for editors.

    The pages that use a picture don't matter: one that is used on a private page only, in a collection that is not private,
    is public like every other. Its address can't be guessed from the page's, and following each use of each picture would
    cost more than serving it. Put such pictures into a private collection.
    """
    if not person.is_authenticated:
        return False
    groups = set(person.groups.values_list("pk", flat=True))
    if all(_opens_for(restriction, groups) for restriction in image.collection.get_view_restrictions()):
        return True
    editors = policy_registry.get_by_type(AcademyImage)
    return editors.user_has_any_permission_for_instance(person, ["change", "choose"], image)


def _opens_for(restriction: CollectionViewRestriction, groups: set[int]) -> bool:
    """A shared password is known to a session, not to a person: it opens no pictures."""
    if restriction.restriction_type == CollectionViewRestriction.GROUPS:
        return any(group.pk in groups for group in restriction.groups.all())
    return restriction.restriction_type == CollectionViewRestriction.LOGIN


@policies.register("library.see_portrait")
def may_see_portrait(person: Any, portrait: UserProfile) -> bool:
    """Portraits that staff upload are shown in the admin only."""
    return person.is_authenticated and person.has_perm("wagtailadmin.access_admin")
