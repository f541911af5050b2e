"""Who may read the files of lessons."""

from typing import Any

from wagtail.permissions import policy_registry

from academies.kernel import policies
from catalog.library.models import AcademyDocument
from commerce.learning import queries


@policies.register("learning.read_document")
def may_read(person: Any, document: AcademyDocument) -> bool:
    """A document outside the public collection is for those who may attend a lesson that uses it, and for those who edit files.

    One that no lesson uses is for editors only: it may be of a lesson that isn't published yet. Whether a collection is
    private is asked by Wagtail's hook, before this: a shared password is known to the session only.
    """
    if queries.is_listed(document):
        return True
    if any(policies.may("courses.read_files", person, lesson) for lesson in queries.lessons_using(document)):
        return True
    editors = policy_registry.get_by_type(AcademyDocument)
    return person.is_authenticated and editors.user_has_permission_for_instance(person, "change", document)
