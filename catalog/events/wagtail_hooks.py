"""The admin menu "Events"."""

from datetime import datetime

from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from catalog.events.models import EventPage, Venue


class EventIndex(IndexView):
    """Every event with its next date, or its last one."""

    def get_base_queryset(self) -> QuerySet:
        upcoming = Min("offerings__starts_at", filter=Q(offerings__starts_at__gt=timezone.now()))
        return super().get_base_queryset().annotate(next_at=upcoming, last_at=Max("offerings__starts_at"))


def _when(event: EventPage) -> str:
    at: datetime | None = event.next_at or event.last_at  # type: ignore[attr-defined]
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


class EventListing(PageListingViewSet):
    model = EventPage
    name = "event_listing"
    menu_label = _("All events")
    icon = "calendar-alt"
    menu_order = 100
    index_view_class = EventIndex
    columns = [
        *PageListingViewSet.columns[:2],
        Column("when", label=_("Date"), accessor=_when),
        *PageListingViewSet.columns[2:],
    ]


class VenueViewSet(SnippetViewSet):
    model = Venue
    icon = "site"
    menu_label = _("Venues")
    list_display = ["name", "city", "time_zone"]
    search_fields = ["name", "city"]
    search_backend_name = None
    ordering = ["name"]


class EventsGroup(SnippetViewSetGroup):
    menu_label = _("Events")
    menu_icon = "calendar-alt"
    menu_order = 120
    items = (EventListing, VenueViewSet)


register_snippet(EventsGroup)
