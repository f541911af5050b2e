from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index

from catalog.offerings.forms import DatedPageForm
from catalog.offerings.queries import promised, restore_state

# A year, in days.
LONGEST_NOTICE = 365


class EventIndexPage(Page):
    """A definition: the list of events."""

    introduction = models.CharField(max_length=250, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types: ClassVar = ["pages.HomePage"]
    subpage_types: ClassVar = ["events.EventPage"]
    api_fields: ClassVar = [APIField("introduction")]
    max_count = 1
    template = "events/event_index_page.html"

    class Meta:
        verbose_name = _("event list")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # Queries import the models.
        from catalog.events import queries

        return {**super().get_context(request, *args, **kwargs), **queries.listing(request.GET)}


class EventPage(Page):
    """A definition: something to attend at a time, in a place or online. Its dates are offerings."""

    class Attendance(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        ONLINE = "online", _("Online")

    summary = models.CharField(max_length=250)
    cover = models.ForeignKey(
        "library.AcademyImage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    category = models.ForeignKey(
        "courses.Category", null=True, blank=True, on_delete=models.SET_NULL, related_name="events"
    )
    attendance = models.CharField(max_length=20, choices=Attendance.choices, default=Attendance.IN_PERSON)
    venue = models.ForeignKey("events.Venue", null=True, blank=True, on_delete=models.SET_NULL, related_name="events")
    joining_instructions = models.TextField(
        blank=True, help_text=_("Shown only to those with a seat, such as the meeting's address.")
    )
    description = RichTextField(blank=True, features=["h3", "bold", "italic", "link", "ol", "ul"])
    agenda = RichTextField(blank=True, features=["h3", "bold", "italic", "ol", "ul"])
    full_refund_days = models.PositiveSmallIntegerField(
        "full refund until days before",
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_NOTICE)],
        help_text=_(
            "Who gives up a paid seat so many days before the start gets everything back by itself. "
            "Leave empty to decide each time; Finance is told."
        ),
    )
    late_refund_percent = models.PositiveSmallIntegerField(
        "percent refunded after that",
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("How much goes back to who gives up later, until the start. 0 is nothing."),
    )
    refund_policy = models.CharField(
        max_length=150, blank=True, help_text=_("Shown behind the rule above. Only what the rule doesn't say.")
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary", help_text=_("One sentence: what happens? Shown in lists and in search results.")),
        FieldPanel("cover"),
        FieldRowPanel([FieldPanel("category"), FieldPanel("attendance"), FieldPanel("venue")]),
        InlinePanel("offerings", label=_("date"), heading=_("Dates, seats and prices"), min_num=1),
        InlinePanel("event_speakers", label=_("speaker"), heading=_("Speakers")),
        FieldPanel("description"),
        FieldPanel("agenda"),
        FieldPanel("joining_instructions"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("full_refund_days"), FieldPanel("late_refund_percent")]),
                FieldPanel("refund_policy"),
            ],
            heading=_("Refunds of paid seats"),
        ),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("description"),
        index.AutocompleteField("title"),
        index.FilterField("category_id"),
    ]
    base_form_class = DatedPageForm
    # Never the joining instructions: they are for those with a seat.
    api_fields: ClassVar = [
        APIField(name)
        for name in (
            "summary",
            "cover",
            "category",
            "attendance",
            "venue",
            "description",
            "agenda",
            "refund_policy",
            "full_refund_days",
            "late_refund_percent",
        )
    ]
    parent_page_types: ClassVar = ["events.EventIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "events/event_page.html"

    class Meta:
        verbose_name = _("event")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # Queries import the models.
        from catalog.events import queries

        context = super().get_context(request, *args, **kwargs)
        offerings = list(self.offerings.order_by("starts_at"))
        return {**context, "event": self, "offerings": offerings, "speakers": queries.speakers(self)}

    def with_content_json(self, content: dict[str, Any]) -> "EventPage":
        """Read a revision; a date that people registered for since it was written is in it still.

        The form refuses to take such a date away, but a draft may be older than the registration; publishing it, at an
        hour that was set or by somebody's approval, would delete what the registration names.
        """
        page: EventPage = super().with_content_json(content)
        # A draft from before these fields were has no opinion about them.
        for name in ("full_refund_days", "late_refund_percent"):
            if name not in content:
                setattr(page, name, getattr(self, name))
        dates = list(page.offerings.all())
        restore_state(dates)
        page.offerings.add(*promised(self.pk, {date.pk for date in dates}))
        return page


class EventSpeaker(Orderable):
    """A definition: who speaks at an event, in the order shown."""

    on_public_pages = True

    event = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="event_speakers")
    instructor = models.ForeignKey("courses.Instructor", on_delete=models.CASCADE, related_name="spoken_events")

    panels = [FieldPanel("instructor")]

    def __str__(self) -> str:
        return str(self.instructor)
