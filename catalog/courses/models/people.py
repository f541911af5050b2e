"""Snippets that courses and events point at."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel, TitleFieldPanel
from wagtail.admin.widgets import SlugInput
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index


def name_and_slug_panels() -> list[Panel]:
    """Return the panels of a name and of the slug that is made from it while it is typed."""
    slug = FieldPanel("slug", widget=SlugInput, help_text=_("For addresses and programs; made from the name."))
    return [TitleFieldPanel("name", targets=["slug"], placeholder=False), slug]


class Category(index.Indexed, models.Model):
    """A definition: a subject that courses and events are filed under."""

    on_public_pages = True

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    description = models.TextField(blank=True)

    panels = [*name_and_slug_panels(), FieldPanel("description")]
    api_fields = [APIField("name"), APIField("slug")]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class Instructor(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, index.Indexed, models.Model
):
    """A definition: somebody who teaches, as visitors see them."""

    on_public_pages = True

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    role = models.CharField(max_length=120, blank=True, help_text=_("One line, such as: baker and founder."))
    biography = RichTextField(blank=True, features=["bold", "italic", "link"])
    portrait = models.ForeignKey(
        "library.AcademyImage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The account of the same person, who may then teach: read the roster and see lessons of their courses.
    account = models.ForeignKey("people.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    panels = [
        *name_and_slug_panels(),
        FieldPanel("role"),
        FieldPanel("biography"),
        FieldPanel("portrait"),
        FieldPanel("account"),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    def __str__(self) -> str:
        return self.name

    def get_preview_template(self, request, mode_name):  # type: ignore[no-untyped-def]
        return "courses/instructor_preview.html"
