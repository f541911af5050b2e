"""What the OpenAPI document says beyond the views: bearer tokens, problems, idempotency keys; /api/v1/ only."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

_MEMBERS = {name: {"type": "string"} for name in ("type", "title", "detail", "code", "error")}
_FIELDS = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is for programs, `detail` for people; `error` and `details` repeat two others.",
    "properties": {**_MEMBERS, "status": {"type": "integer"}, "fields": _FIELDS, "details": _FIELDS},
    "required": ["type", "title", "status", "detail", "code", "fields"],
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "The same key and body get the same answer for 24 hours, and nothing happens twice.",
}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "academies.people.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def only_v1(endpoints: list[tuple[str, str, str, Any]], **_: Any) -> list[tuple[str, str, str, Any]]:
    """Leave out the pages API, which has its own ways, and addresses with a format at their end."""
    return [one for one in endpoints if one[0].startswith("/api/v1/") and "{format}" not in one[0]]


def add_conventions(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Write what holds for every operation into each of them."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for method, operation in path.items():
            operation["responses"].setdefault("default", {"description": "What went wrong.", "content": content})
            if method == "post":
                operation.setdefault("parameters", []).append(_KEY)
    return result
