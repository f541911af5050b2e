"""Policies: permission checks by name, so that a lower layer can use checks of an upper one.

Apps register their policies in `permissions.py`; views and templates call `may(name, person, thing)`. So the catalogue can
check "courses.attend" without importing enrolments, which decide it.
"""

from collections.abc import Callable
from typing import Any

Policy = Callable[[Any, Any], bool]

_policies: dict[str, Policy] = {}


def register(name: str) -> Callable[[Policy], Policy]:
    """Register a policy under a name. Raises ValueError if the name is taken."""

    def decorator(policy: Policy) -> Policy:
        if _policies.get(name, policy) is not policy:
            raise ValueError(f"two policies are called {name}")
        _policies[name] = policy
        return policy

    return decorator


def may(name: str, person: Any, thing: Any = None) -> bool:
    """Return whether a person may do something to a thing. Raises LookupError for an unknown name."""
    try:
        policy = _policies[name]
    except KeyError:
        raise LookupError(f"no policy is called {name}") from None
    return policy(person, thing)


def names() -> tuple[str, ...]:
    return tuple(sorted(_policies))
