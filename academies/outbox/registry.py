"""Handlers of messages. Apps register them in their listeners.py; a fact may have several listeners."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

Handler = Callable[..., Any]

_handlers: dict[str, list[Handler]] = defaultdict(list)
_not_urgent: set[str] = set()


def handler(name: str, *, urgent: bool = True) -> Callable[[Handler], Handler]:
    """Register deferred work, called with the payload as keyword arguments. It must tolerate running twice.

    urgent: somebody is waiting for the result, such as an email or a refund. Set it to False for long-running work.
    """
    if not urgent:
        _not_urgent.add(name)

    def decorator(function: Handler) -> Handler:
        if function not in _handlers[name]:
            _handlers[name].append(function)
        return function

    return decorator


def listener(fact: type) -> Callable[[Handler], Handler]:
    """Register a listener, called with the fact. It must tolerate running twice for the same fact."""

    def decorator(function: Handler) -> Handler:
        def call_with_fact(**payload: Any) -> Any:
            return function(fact(**payload))

        _handlers[fact_name(fact)].append(call_with_fact)
        return function

    return decorator


def is_urgent(name: str) -> bool:
    return name not in _not_urgent


def fact_name(fact: type) -> str:
    return f"fact:{fact.__name__}"


def as_payload(fact: Any) -> dict[str, Any]:
    """Return a fact as JSON. Facts hold strings, numbers and booleans; ids and times as strings."""
    if not is_dataclass(fact) or isinstance(fact, type):
        raise TypeError("a fact is an instance of a frozen dataclass")
    return asdict(fact)


def run(name: str, payload: Mapping[str, Any]) -> None:
    """Run all handlers of a name.

    Raises LookupError if there are none. The message is then tried again, so that a fact published by a process of the
    release before, under an older name, is not lost without a trace.
    """
    if not _handlers[name]:
        raise LookupError(f"nobody handles {name}")
    for function in _handlers[name]:
        function(**payload)
