"""Policies: who may do what, asked by name, so that a lower floor can ask what an upper floor knows.

A room registers its policies in `permissions.py`; doors and templates ask `may(name, person, thing)`. The catalogue can
so ask "courses.attend" without importing the enrolments that decide it.
"""

from collections.abc import Callable
from typing import Any

Policy = Callable[[Any, Any], bool]

_policies: dict[str, Policy] = {}


def register(name: str) -> Callable[[Policy], Policy]:
    """Name a policy. Raises ValueError when two policies claim one name."""

    def keep(policy: Policy) -> Policy:
        if _policies.get(name, policy) is not policy:
            raise ValueError(f"two policies are called {name}")
        _policies[name] = policy
        return policy

    return keep


def may(name: str, person: Any, thing: Any = None) -> bool:
    """Answer whether a person may do something to a thing. Raises LookupError for a name nobody registered."""
    try:
        policy = _policies[name]
    except KeyError:
        raise LookupError(f"no policy is called {name}") from None
    return policy(person, thing)


def names() -> tuple[str, ...]:
    return tuple(sorted(_policies))
