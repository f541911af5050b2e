from catalog.events.models.event import EventIndexPage, EventPage, EventSpeaker
from catalog.events.models.venue import Venue

__all__ = ["EventIndexPage", "EventPage", "EventSpeaker", "Venue"]
