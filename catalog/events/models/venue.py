from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.api import APIField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index


class Venue(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, index.Indexed, models.Model
):
    """A definition: a place where events happen."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    address = models.TextField(blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code, such as GB.")
    time_zone = models.CharField(max_length=60, default="UTC", help_text="Such as Europe/London.")
    getting_there = models.TextField(blank=True)
    accessibility = models.TextField(blank=True, help_text="Steps, lifts, hearing loop, parking.")
    map_url = models.URLField(blank=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("address"),
        FieldRowPanel([FieldPanel("city"), FieldPanel("country"), FieldPanel("time_zone")]),
        FieldPanel("getting_there"),
        FieldPanel("accessibility"),
        FieldPanel("map_url"),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]
    api_fields = [APIField("name"), APIField("slug"), APIField("city"), APIField("country")]

    def __str__(self) -> str:
        return self.name

    def get_preview_template(self, request, mode_name):  # type: ignore[no-untyped-def]
        return "events/venue_preview.html"
