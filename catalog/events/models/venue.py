from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.api import APIField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index

from catalog.courses.models.people import name_and_slug_panels


def check_zone(name: str) -> None:
    """Raise ValidationError unless dates can be shown in this zone."""
    if name not in available_timezones():
        raise ValidationError(gettext("%(name)s is no time zone. Write it as Europe/London.") % {"name": name})


class ZoneSelect(forms.Select):
    """A list of every zone; a mistyped one would break the pages of its events."""

    def __init__(self, **kwargs: Any):
        super().__init__(
            **{"choices": [(name, name.replace("_", " ")) for name in sorted(available_timezones())], **kwargs}
        )


class Venue(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, index.Indexed, models.Model
):
    """A definition: a place where events happen."""

    on_public_pages = True

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    address = models.TextField(blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text=_("ISO 3166 code, such as GB."))
    time_zone = models.CharField(
        max_length=60,
        default="UTC",
        validators=[check_zone],
        help_text=_("The clock on its wall. Dates of its events are shown in this zone."),
    )
    getting_there = models.TextField(blank=True)
    accessibility = models.TextField(blank=True, help_text=_("Steps, lifts, hearing loop, parking."))
    map_url = models.URLField(blank=True)

    panels = [
        *name_and_slug_panels(),
        FieldPanel("address"),
        FieldRowPanel([FieldPanel("city"), FieldPanel("country"), FieldPanel("time_zone", widget=ZoneSelect)]),
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
