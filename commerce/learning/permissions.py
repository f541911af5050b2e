"""Who may read the files of lessons."""

from typing import Any

from wagtail.permissions import policy_registry

from academies.kernel import policies
from catalog.library import queries as library
from catalog.library.models import AcademyDocument
from commerce.learning import queries


@policies.register("learning.read_document")
def may_read(person: Any, document: AcademyDocument) -> bool:
    """Return whether a person may read a document: a public one, one of a lesson they attend, or as an editor of files.

    A document that no lesson uses is for editors only: it may be for a lesson that isn't published yet. Private collections
    are checked by Wagtail's hook before, because a shared password is known to the session only.
    """
    if library.is_listed(document):
        return True
    if any(policies.may("courses.read_files", person, lesson) for lesson in queries.lessons_using(document)):
        return True
    editors = policy_registry.get_by_type(AcademyDocument)
    return person.is_authenticated and editors.user_has_permission_for_instance(person, "change", document)
