from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.api import APIField
from wagtail.blocks import StructValue
from wagtail.fields import StreamField
from wagtail.models import Page, Revision
from wagtail.search import index

from academies.kernel import errors, policies
from catalog.activities import registry
from catalog.activities.blocks import sentences
from catalog.courses.models.course import CoursePage
from catalog.courses.panels import PartsPanel


class NotReady(errors.Conflict):
    code = "not_ready"
    message = _("This lesson can't be published yet: something in it is missing.")


def course_of(page: Page) -> CoursePage:
    """Return the course above a section or a lesson."""
    depth = 1 if isinstance(page, SectionPage) else 2
    return CoursePage.objects.get(path=page.path[: -depth * Page.steplen])


def is_hidden_above(lesson: Page) -> bool:
    """Answer whether something above a lesson isn't published: then the lesson isn't there for readers. One query."""
    return lesson.get_ancestors().filter(live=False).exists()


class SectionPage(Page):
    """A definition: a part of a course. It groups lessons and has no page of its own."""

    summary = models.CharField(max_length=250, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary"), PartsPanel(heading=_("Lessons"))]
    parent_page_types: ClassVar = ["courses.CoursePage"]
    subpage_types: ClassVar = ["courses.LessonPage"]
    admin_default_ordering = "ord"

    class Meta:
        verbose_name = _("section")

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return redirect(f"{course_of(self).get_url(request)}#{self.slug}")


class LessonPage(Page):
    """A definition: one lesson of one kind."""

    minutes = models.PositiveSmallIntegerField(default=10, help_text=_("How long it takes, honestly."))
    free_preview = models.BooleanField(default=False, help_text=_("Anybody may read it without enrolling."))
    activity = StreamField(
        [(kind.name, kind.block()) for kind in registry.kinds().values()],
        max_num=1,
        help_text=_("What the lesson is: choose one kind."),
    )

    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("free_preview")]),
        FieldPanel("activity"),
    ]
    search_fields = [*Page.search_fields, index.FilterField("free_preview")]
    # Never the activity: it holds the answers of a quiz. What a lesson says is read through /api/v1/.
    api_fields: ClassVar = [APIField("minutes"), APIField("free_preview")]
    parent_page_types: ClassVar = ["courses.SectionPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "courses/lesson_page.html"

    class Meta:
        verbose_name = _("lesson")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # Queries import the models.
        from catalog.courses import queries

        course = course_of(self)
        context = super().get_context(request, *args, **kwargs)
        return {**context, "course": course, "outline": queries.outline(course), "lesson": self}

    @property
    def kind(self) -> registry.Kind:
        """What the lesson is; a draft in which nothing is chosen yet is shown as an empty text."""
        # The raw data, because `activity[0]` would fetch the documents it points at.
        chosen = self.activity.raw_data[0]["type"] if self.activity else "text"
        return registry.kinds()[chosen]

    @property
    def value(self) -> StructValue | None:
        return self.activity[0].value if self.activity else None

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Publish a revision that is whole, now or at its hour, whoever asks: a form, a workflow or a list.

        Raises NotReady, which names everything that is missing.
        """
        written = revision.as_object()
        try:
            written.activity = written.activity.stream_block.clean(written.activity)
        except ValidationError as error:
            raise NotReady(
                gettext("“%(title)s” can't be published yet. %(faults)s")
                % {"title": written.title, "faults": " ".join(sentences(error))}
            ) from error
        # With what is read from files, such as the length of a film.
        revision.content = {**revision.content, "activity": written.serializable_data()["activity"]}
        return super().publish(revision, *args, **kwargs)

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not policies.may("courses.attend", request.user, self):
            if is_hidden_above(self):
                raise Http404
            return redirect(f"{course_of(self).get_url(request)}?locked={self.pk}#enrol")
        return super().serve(request, *args, **kwargs)
