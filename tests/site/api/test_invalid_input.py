"""Invalid input to every operation of the API never causes a 500."""

import random
import uuid
from collections.abc import Iterator
from functools import cache

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.fixtures.http_client import client_for

NONSENSE = [
    None, True, 0, -1, 2**31, 2**63, 10**30, 1.5, "", " ", "x" * 10_000, "é\u202e", "9" * 30, "1; DROP TABLE", [], {}, [[]],
    [None], ["x" * 300], {"id": {}}, [{"plan": {}}], [{"offering": "x", "quantity": -1}], [{"plan": "x", "quantity": 2**40}],
    [[0, 1e300]], [["a", None]], [[5, 1]], [[-1, 2**70]], {"amount_minor": "x", "currency": 7}, "2026-13-45", "0000-00-00",
]  # fmt: skip
QUERIES = ["", "page=x", "page=99999999999999999999", "page_size=x", "search=%ff", "order=%27", "limit=-1", "offset=x",
           "fields=%2A%2A", "status=nonsense", "course=x", "since=yesterday", "id=99999999999999999999"]  # fmt: skip
V2 = ("pages", "images", "documents", "redirects", "courses", "events", "instructors", "categories", "venues", "plans",
      "offerings", "enrollments", "orders", "certificates", "registrations")  # fmt: skip
# A field is tried with so many of them, drawn for each operation and the same in every run; all of them take minutes.
DRAWN = 4

Operation = tuple[str, str, tuple[str, ...]]


@cache
def operations() -> list[Operation]:
    """Return method, path and the body's fields of every operation under /api/v1/."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    schemas = document["components"]["schemas"]
    return [
        (method, path, tuple(_fields(operation, schemas)))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _fields(operation: dict, schemas: dict) -> list[str]:
    for kind in operation.get("requestBody", {}).get("content", {}).values():
        schema = kind.get("schema", {})
        schema = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
        return list(schema.get("properties", {}))
    return []


def filled(path: str, addressed: dict[str, object]) -> Iterator[str]:
    """Put a thing that is there, one that isn't and nonsense into the braces of a path."""
    before, brace, after = path.partition("{")
    if not brace:
        yield path
        return
    after = after.partition("}")[2]
    there = addressed.get(before.removeprefix("/api/v1/").strip("/"), uuid.uuid4())
    for identifier in (there, uuid.UUID(int=0), 10**25):
        yield f"{before}{identifier}{after}"


def _fine(response) -> bool:
    return response.status_code < 500 and (response.status_code < 400 or "problem+json" in response["Content-Type"])


def _bodies(path: str, fields: tuple[str, ...]) -> Iterator[dict]:
    draw = random.Random(path)
    yield {}
    for value in draw.sample(NONSENSE, 2 * DRAWN):
        yield dict.fromkeys(fields or ("nonsense",), value)
    for name in fields:
        for value in draw.sample(NONSENSE, DRAWN):
            yield {name: value}


@pytest.mark.slow
def test_no_body_breaks_an_operation(addressed, learner, owner):
    broken = []
    for method, path, fields in operations():
        if method == "get":
            continue
        client = client_for(owner if "refund" in path else learner, raise_request_exception=False)
        for address in filled(path, addressed):
            broken += [
                (method, address, str(body)[:80], response.status_code)
                for body in _bodies(path, fields)
                if not _fine(response := getattr(client, method)(address, body, content_type="application/json"))
            ]

    assert not broken


@pytest.mark.slow
@pytest.mark.parametrize("who", ["nobody", "learner"])
def test_no_query_breaks_a_reading(request, addressed, who):
    client = client_for(request.getfixturevalue(who) if who != "nobody" else None, raise_request_exception=False)
    paths = [item for method, path, _ in operations() if method == "get" for item in filled(path, addressed)]
    lists = [path for path in paths if path.count("/") == 4] + [f"/api/v2/{name}/" for name in V2]
    urls = [*paths, *(f"/api/v2/{name}/{item}/" for name in V2 for item in ("1", "9" * 25, "find", "x"))]
    urls += [f"{path}?{query}" for path in lists for query in QUERIES]

    broken = [
        (url, response.status_code) for url in urls if "schema" not in url and not _fine(response := client.get(url))
    ]

    assert not broken
