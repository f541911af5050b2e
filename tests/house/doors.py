"""Every route of the house, as addresses that can be asked for."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, get_resolver

NOBODY_S = {
    "int": "999999", "uuid": str(uuid.UUID(int=7)), "slug": "no-such-thing", "str": "no-such-thing", "path": "no/such/thing",
}  # fmt: skip
_CONVERTED = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_NAMED = re.compile(r"\(\?P<(?P<name>\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)")


@dataclass(frozen=True)
class Door:
    """path: as the URLconf writes it, without the signs of regular expressions."""

    path: str
    view: Any

    @property
    def is_api(self) -> bool:
        return self.path.startswith(("api/", "hooks/"))

    @property
    def methods(self) -> list[str]:
        """Which methods a REST view answers, in small letters; all usual ones for another view."""
        actions = getattr(self.view, "actions", None)
        if actions:
            # DRF adds "head" to the actions of a view when it is first called.
            return sorted(set(actions) - {"head"})
        kind = getattr(self.view, "cls", None)
        names = ("get", "post", "put", "patch", "delete")
        return [name for name in names if kind is None or hasattr(kind, name)]

    def at(self, things: Mapping[str, Any] | None = None) -> str:
        """Return an address: with the thing of that place where there is one, else with nobody's."""

        def filled(found: re.Match[str]) -> str:
            kind = found.groupdict().get("kind") or ("uuid" if found["name"] == "pk" else "str")
            before = self.path[: found.start()]
            return str((things or {}).get(before, NOBODY_S.get(kind, "x")))

        return "/" + _CONVERTED.sub(filled, _NAMED.sub(filled, self.path))


@cache
def doors() -> tuple[Door, ...]:
    found = {door.path: door for door in _walk(get_resolver().url_patterns, "")}
    return tuple(door for path, door in sorted(found.items()) if "(?:" not in path and "(.*)" not in path)


def _walk(patterns: Any, prefix: str) -> Iterator[Door]:
    for one in patterns:
        # "lists/^$" and "lists\\.json" are how routers write "lists/" and "lists.json".
        path = prefix + re.sub(r"[$^]|\\Z", "", str(one.pattern)).replace("\\.", ".").replace("/?", "")
        if isinstance(one, URLPattern):
            yield Door(path, one.callback)
        else:
            yield from _walk(one.url_patterns, path)


def under(*prefixes: str) -> list[Door]:
    return [door for door in doors() if door.path.startswith(prefixes)]
