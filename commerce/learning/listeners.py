"""Fact doors of this room: an outline that has become shorter may complete somebody's course."""

from typing import Any
from uuid import UUID

from django.db.models.signals import post_delete
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.outbox import registry
from catalog.courses.models import CoursePage, LessonPage, SectionPage
from commerce.learning import actions, permissions, queries  # noqa: F401


@receiver([page_unpublished, post_delete], sender=LessonPage)
@receiver([page_unpublished, post_delete], sender=SectionPage)
def count_again(instance: LessonPage | SectionPage, **kwargs: Any) -> None:
    levels = 2 if isinstance(instance, LessonPage) else 1
    _later(queries.course_at(queries.path_above(instance.path, levels)))


@receiver(page_published, sender=CoursePage)
def count_by_the_new_rule(instance: CoursePage, **kwargs: Any) -> None:
    _later(instance)


def _later(course: CoursePage | None) -> None:
    if course is not None and queries.is_under_way(course.translation_key):
        outbox.later("learning.recount", payload={"course_id": course.pk})


@registry.handler("learning.recount")
def recount(course_id: int) -> None:
    course = CoursePage.objects.filter(pk=course_id).first()
    if course is not None:
        actions.recount(path=course.path, course_key=UUID(str(course.translation_key)), now=clock.now())
