"""Named points between two steps of an action, where a test can interrupt it. None is armed outside tests."""

from collections.abc import Callable

armed: dict[str, Callable[[], object]] = {}


def reach(name: str) -> None:
    """Call what a test has armed at this point, if anything."""
    if armed and name in armed:
        armed[name]()
