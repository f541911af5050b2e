"""The handlers of events, one per source. Apps register them in their listeners.py."""

from collections.abc import Callable

from academies.inbox.models import WebhookEvent

Handler = Callable[[WebhookEvent], bool]


class SourceUnavailable(Exception):
    """A handler could not reach the source: the event is due again as soon as the source answers."""


_handlers: dict[str, Handler] = {}


def handler(source: str) -> Callable[[Handler], Handler]:
    """Register the one handler of a source. It runs inside the event's academy, outside any transaction.

    It returns False for an event that doesn't concern us, raises SourceUnavailable if it couldn't reach the source, and
    must be safe to repeat.
    """

    def register(function: Handler) -> Handler:
        _handlers[source] = function
        return function

    return register


def handler_of(source: str) -> Handler:
    return _handlers[source]
