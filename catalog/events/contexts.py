"""What the templates of this room are told beside their page."""

from typing import Any

from catalog.events.models import EventIndexPage, EventPage
from catalog.events.queries import listing, speakers
from catalog.library import told


@told.of(EventIndexPage)
def of_list(page: EventIndexPage, request: Any) -> dict[str, Any]:
    return listing(request.GET)


@told.of(EventPage)
def of_event(page: EventPage, request: Any) -> dict[str, Any]:
    return {"event": page, "offerings": list(page.offerings.order_by("starts_at")), "speakers": speakers(page)}
