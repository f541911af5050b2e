"""Who handles the events of a source. Rooms register in their listeners.py."""

from collections.abc import Callable

from academies.inbox.models import Event

Handler = Callable[[Event], bool]


class SourceUnavailable(Exception):
    """A handler could not ask the source: the event is due again as soon as the source answers."""


_handlers: dict[str, Handler] = {}


def handler(source: str) -> Callable[[Handler], Handler]:
    """Register the one handler of a source. It runs inside the event's academy, outside any transaction.

    It returns False for an event that doesn't concern us, raises SourceUnavailable where it couldn't ask, and must
    tolerate running twice.
    """

    def keep(work: Handler) -> Handler:
        _handlers[source] = work
        return work

    return keep


def handler_of(source: str) -> Handler:
    return _handlers[source]
