"""What a request body may hold: only the JSON types that the OpenAPI document names."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

# Kinds of fields and the JSON types they take. The first that fits counts.
_JSON_TYPES: list[tuple[type[serializers.Field], tuple[type, ...]]] = [
    (serializers.BooleanField, (bool,)),
    (serializers.IntegerField, (int, float)),
    (serializers.FloatField, (int, float)),
    (serializers.CharField, (str,)),
    (serializers.UUIDField, (str,)),
    (serializers.ChoiceField, (str,)),
]


class StrictTypes:
    """Refuses a value of another JSON type, such as 1 for true, instead of converting it. Mix it in before a serializer."""

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
    made = serializer(data=request.data)
    made.is_valid(raise_exception=True)
    return made.validated_data


def _mistyped_fields(serializer: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    writable = {name: field for name, field in serializer.fields.items() if not field.read_only and name in data}
    found = {name: _mistyped(field, data[name]) for name, field in writable.items()}
    return {name: errors for name, errors in found.items() if errors}


def _mistyped(field: Any, value: Any) -> Any:
    """Return what to say of a value that has another JSON type than the field; nothing when it fits or is null."""
    if isinstance(field, serializers.ListField | serializers.DictField):
        inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
        return {key: errors for key, one in inner if (errors := _mistyped(field.child, one))}
    types = next((types for kind, types in _JSON_TYPES if isinstance(field, kind)), None)
    if value is None or types is None or (isinstance(value, types) and (bool in types) == isinstance(value, bool)):
        return []
    code = "invalid_choice" if isinstance(field, serializers.ChoiceField) else "invalid"
    return [str(field.error_messages[code]).format(value=value, input=value)]
