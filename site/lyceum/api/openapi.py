"""The OpenAPI documents of `/api/v1/` and `/api/v2/`: what they say beyond the views."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

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
    "description": "The same key and body get the same response for 24 hours, and nothing happens twice.",
}
_METHODS = {"post": "create", "put": "update", "patch": "partial_update", "delete": "destroy"}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "academies.people.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


# --- One document a version -----------------------------------------------------------------------------------------
class V1Generator(SchemaGenerator):
    """The document of `/api/v1/`, without addresses that end in a format."""

    prefix = "/api/v1/"

    def _get_paths_and_endpoints(self) -> list[tuple[str, str, str, Any]]:
        endpoints = super()._get_paths_and_endpoints()
        return [
            endpoint for endpoint in endpoints if endpoint[0].startswith(self.prefix) and "{format}" not in endpoint[0]
        ]


class V2Generator(V1Generator):
    """The document of `/api/v2/`."""

    prefix = "/api/v2/"

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        document = super().get_schema(request, public)
        document["info"] |= {
            "title": "Lyceum: reading",
            "description": "Everything an academy shows, without a login, and one's own records with a token. "
            "Lists have the parameters and the shape of Wagtail's API.",
        }
        return document


# --- What holds for every operation ---------------------------------------------------------------------------------
def add_conventions(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Write what holds for every operation into each of them."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            operation["operationId"] = operation_id(path, method, operation)
            operation["responses"].setdefault("default", {"description": "An error.", "content": content})
            if method == "post":
                operation.setdefault("parameters", []).append(_KEY)
    return result


def operation_id(path: str, method: str, operation: dict[str, Any]) -> str:
    """Return the words of a path and what is done there: orders_list, orders_retrieve, orders_cancel_create."""
    words = re.sub(r"^/api/v\d+/|\{[^}]*\}", "", path).replace("-", "_").split("/")
    done = _METHODS.get(method) or ("list" if _is_list(operation) else "retrieve")
    return "_".join([*filter(None, words), done])


def _is_list(operation: dict[str, Any]) -> bool:
    schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    names = schema.get("properties", {})
    return schema.get("type") == "array" or "items" in names or "/Paginated" in schema.get("$ref", "")
