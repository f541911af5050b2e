"""Pagination of lists, and expansion of ids to related objects."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from lyceum_dev.standins.stripe import errors, response_objects
from lyceum_dev.standins.stripe.object_factory import ObjectFactory
from lyceum_dev.standins.stripe.store import Json

_LINKS = {"payment_intent": "payment_intent", "latest_charge": "charge", "charge": "charge"}
_DEEPEST = 4


def page(factory: ObjectFactory, url: str, newest_first: Iterable[Json], params: Json) -> Json:
    """Return Stripe's list object: limit (10, at most 100), starting_after, ending_before, created."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise errors.invalid("Invalid limit: must be between 1 and 100.", "limit", "parameter_invalid_integer")
    rows = [row for row in newest_first if _created_fits(row, params.get("created"))]
    if "starting_after" in params:
        rows = rows[_place(rows, params["starting_after"], "starting_after") + 1 :]
    more = len(rows) > limit
    if "ending_before" in params:
        before = rows[: _place(rows, params["ending_before"], "ending_before")]
        more = len(before) > limit
        rows = before[-limit:]
    return whole(url, islice(rows, limit), has_more=more)


def whole(url: str, rows: Iterable[Json], *, has_more: bool = False) -> Json:
    return {"object": "list", "data": [response_objects.public(row) for row in rows], "has_more": has_more, "url": url}


def _place(rows: list[Json], identifier: str, param: str) -> int:
    for place, row in enumerate(rows):
        if row["id"] == identifier:
            return place
    raise errors.no_such("object", identifier, param)


def _created_fits(row: Json, condition: Any) -> bool:
    if condition is None:
        return True
    if isinstance(condition, int):
        return bool(row["created"] == condition)
    at = row["created"]
    return bool(
        at >= condition.get("gte", at)
        and at <= condition.get("lte", at)
        and at > condition.get("gt", at - 1)
        and at < condition.get("lt", at + 1)
    )


def expanded(factory: ObjectFactory, body: Json, paths: Iterable[str]) -> Json:
    """Return a response with the requested fields expanded. Raises ApiError for fields that can't be."""
    answer = response_objects.public(body)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise errors.invalid(f"You cannot expand more than {_DEEPEST} levels of a property: {path}", "expand")
        _expand(factory, answer, parts, path)
    return answer


def _expand(factory: ObjectFactory, answer: Json, parts: list[str], path: str) -> None:
    if not parts:
        return
    name, rest = parts[0], parts[1:]
    if answer.get("object") == "list" and name == "data":
        for row in answer["data"]:
            _expand(factory, row, rest, path)
        return
    if name in ("line_items", "refunds") and name not in answer:
        _include(factory, answer, name, path)
    if name not in answer:
        raise errors.invalid(f"This property cannot be expanded ({path}).", "expand")
    if isinstance(answer[name], str):
        if name not in _LINKS:
            raise errors.unsupported(f"the expanding of {path}", "expand")
        answer[name] = response_objects.public(factory.get(_LINKS[name], answer[name]))
    if isinstance(answer[name], dict):
        _expand(factory, answer[name], rest, path)


def _include(factory: ObjectFactory, answer: Json, name: str, path: str) -> None:
    """Add a list that is left out by default."""
    if (answer.get("object"), name) == ("checkout.session", "line_items"):
        lines = factory.get("checkout.session", answer["id"])["_lines"]
        answer[name] = whole(f"/v1/checkout/sessions/{answer['id']}/line_items", lines[:10], has_more=len(lines) > 10)
    elif (answer.get("object"), name) == ("charge", "refunds"):
        refunds = factory.find("refund", payment_intent=answer["payment_intent"])
        answer[name] = page(factory, f"/v1/charges/{answer['id']}/refunds", refunds, {})
