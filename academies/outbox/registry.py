"""Who handles which message. Rooms register in their listeners.py; several listeners may hear one fact."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

Handler = Callable[..., Any]

_handlers: dict[str, list[Handler]] = defaultdict(list)
_not_urgent: set[str] = set()


def handler(name: str, *, urgent: bool = True) -> Callable[[Handler], Handler]:
    """Register deferred work, called with the payload as keyword arguments. It must tolerate running twice.

    urgent: somebody waits for it, as for an email or a refund. What takes long and can wait isn't.
    """
    if not urgent:
        _not_urgent.add(name)

    def keep(work: Handler) -> Handler:
        if work not in _handlers[name]:
            _handlers[name].append(work)
        return work

    return keep


def listener(fact: type) -> Callable[[Handler], Handler]:
    """Register a listener of a fact, called with the fact. It must tolerate hearing it twice."""

    def keep(hear: Handler) -> Handler:
        def rebuilt(**payload: Any) -> Any:
            return hear(fact(**payload))

        _handlers[fact_name(fact)].append(rebuilt)
        return hear

    return keep


def is_urgent(name: str) -> bool:
    return name not in _not_urgent


def fact_name(fact: type) -> str:
    return f"fact:{fact.__name__}"


def has_listeners(fact: type) -> bool:
    """Answer whether anybody listens to a fact. Every process knows the same listeners."""
    return bool(_handlers[fact_name(fact)])


def as_payload(fact: Any) -> dict[str, Any]:
    """Return a fact as JSON. Facts hold strings, numbers and booleans; ids and times as strings."""
    if not is_dataclass(fact) or isinstance(fact, type):
        raise TypeError("a fact is an instance of a frozen dataclass")
    return asdict(fact)


def run(name: str, payload: Mapping[str, Any]) -> None:
    """Run every handler of a name. A fact nobody listens to is fine; work nobody does is an error."""
    if not _handlers[name] and not name.startswith("fact:"):
        raise LookupError(f"nobody handles {name}")
    for work in _handlers[name]:
        work(**payload)
