"""Strict request bodies: fields accept only the JSON types documented in the OpenAPI schema."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

# Field classes and the JSON types they accept. The first match counts.
_JSON_TYPES: list[tuple[type[serializers.Field], tuple[type, ...]]] = [
    (serializers.BooleanField, (bool,)),
    (serializers.IntegerField, (int, float)),
    (serializers.FloatField, (int, float)),
    (serializers.CharField, (str,)),
    (serializers.UUIDField, (str,)),
    (serializers.ChoiceField, (str,)),
]


class StrictTypes:
    """Mixin for a serializer: refuses a value of another JSON type, such as 1 for true, instead of converting it."""

    def to_internal_value(self, data: Any) -> Any:
        mistyped = _mistyped_fields(self, data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)  # type: ignore[misc]
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **mistyped}) from error  # type: ignore[dict-item]
        if mistyped:
            raise serializers.ValidationError(mistyped)
        return values


class RequestSerializer(StrictTypes, serializers.Serializer[Any]):
    """A request body, or an object in one."""


def validated(serializer: type[serializers.BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    """Return the values of a request body. Raises ValidationError."""
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data


def _mistyped_fields(serializer: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    writable = {name: field for name, field in serializer.fields.items() if not field.read_only and name in data}
    errors_by_field = {name: _mistyped(field, data[name]) for name, field in writable.items()}
    return {name: errors for name, errors in errors_by_field.items() if errors}


def _mistyped(field: Any, value: Any) -> Any:
    """Return the errors of a value whose JSON type doesn't match the field; none if it matches or is null."""
    if isinstance(field, serializers.ListField | serializers.DictField):
        inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
        return {key: errors for key, item in inner if (errors := _mistyped(field.child, item))}
    types = next((types for kind, types in _JSON_TYPES if isinstance(field, kind)), None)
    if value is None or types is None or (isinstance(value, types) and (bool in types) == isinstance(value, bool)):
        return []
    code = "invalid_choice" if isinstance(field, serializers.ChoiceField) else "invalid"
    return [str(field.error_messages[code]).format(value=value, input=value)]
