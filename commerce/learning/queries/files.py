"""Files of lessons: which lessons use one."""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import ReferenceIndex

from catalog.courses.models import LessonPage
from catalog.library import queries as library
from catalog.library.models import AcademyDocument


def is_listed(document: AcademyDocument) -> bool:
    """Answer whether a document is in the public collection, or below it."""
    return library.in_public_collections(AcademyDocument.objects.filter(pk=document.pk)).exists()


def is_public(document: AcademyDocument) -> bool:
    """Answer whether anybody may read a document: it is in the public collection, and nothing makes that private."""
    listed = library.in_public_collections(AcademyDocument.objects.filter(pk=document.pk))
    return library.unrestricted(listed).exists()


def lessons_using(document: AcademyDocument) -> list[LessonPage]:
    """Return the live lessons that point at a document, by Wagtail's index of references."""
    lesson = ContentType.objects.get_for_model(LessonPage)
    used = ReferenceIndex.get_references_to(document).filter(content_type=lesson)
    return list(LessonPage.objects.live().filter(pk__in=set(used.values_list("object_id", flat=True))))
