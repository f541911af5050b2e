"""Which lessons use a document."""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import ReferenceIndex

from catalog.courses.models import LessonPage
from catalog.library.models import AcademyDocument


def lessons_using(document: AcademyDocument) -> list[LessonPage]:
    """Return the live lessons that refer to a document, from Wagtail's reference index."""
    lesson_type = ContentType.objects.get_for_model(LessonPage)
    references = ReferenceIndex.get_references_to(document).filter(content_type=lesson_type)
    return list(LessonPage.objects.live().filter(pk__in=set(references.values_list("object_id", flat=True))))
