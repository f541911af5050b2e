"""API requests: accepted content types are those of the OpenAPI document."""

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from academies.api.serializers import RequestSerializer, StrictTypes
from academies.tenants.context import inside

# They are read by rules of their own, which are as strict: players send the first every few seconds.
READ_BY_RULES = {"ProgressReport", "QuizAnswers"}


class Everything(RequestSerializer):
    flag = serializers.BooleanField()
    count = serializers.IntegerField()
    speed = serializers.FloatField()
    name = serializers.CharField()
    key = serializers.UUIDField()
    theme = serializers.ChoiceField(["light", "1"])
    keys = serializers.ListField(child=serializers.UUIDField())
    notes = serializers.DictField(child=serializers.CharField())


RIGHT = {
    "flag": False, "count": 3, "speed": 1, "name": "5", "key": "0198f3a0-0000-7000-8000-000000000000", "theme": "1",
    "keys": ["0198f3a0-0000-7000-8000-000000000000"], "notes": {"a": "b"},
}  # fmt: skip


def test_what_has_the_right_types_is_taken():
    read = Everything(data=RIGHT)

    assert read.is_valid(), read.errors
    assert (read.validated_data["flag"], read.validated_data["count"]) == (False, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("flag", 0), ("flag", 1), ("flag", "true"), ("flag", ""), ("count", "3"), ("count", True), ("count", 3.5),
     ("speed", "1.5"), ("speed", True), ("name", 5), ("name", True), ("key", 5), ("theme", 1), ("keys", [5]),
     ("notes", {"a": 5})],
)  # fmt: skip
def test_another_type_is_refused_by_the_name_of_its_field(name, value):
    read = Everything(data={**RIGHT, name: value})

    assert not read.is_valid()
    assert set(read.errors) == {name}


def test_one_answer_names_every_wrong_field():
    read = Everything(data={**RIGHT, "flag": 1, "count": "x", "name": ""})

    assert not read.is_valid()
    assert set(read.errors) == {"flag", "count", "name"}


def _inside(serializer):
    """Yield a serializer and those of its fields that are read, too."""
    own = getattr(serializer, "child", serializer)
    yield own
    for field in getattr(own, "fields", {}).values():
        if isinstance(field, serializers.BaseSerializer) and not field.read_only:
            yield from _inside(field)


def test_every_request_body_is_strict():
    generator = SchemaGenerator()
    generator._initialise_endpoints()
    loose = set()
    for _path, _regex, method, view in generator._get_paths_and_endpoints():
        if method not in ("POST", "PUT", "PATCH"):
            continue
        view.schema.method, view.schema.view = method, view
        body = view.schema.get_request_serializer()
        body = body() if isinstance(body, type) else body
        if isinstance(body, serializers.BaseSerializer):
            loose |= {
                type(serializer).__name__ for serializer in _inside(body) if not isinstance(serializer, StrictTypes)
            }

    assert loose == READ_BY_RULES


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_number_is_no_answer_to_yes_or_no(learner, method):
    client = Client(headers={"host": "north.localhost"})
    with inside("north"):
        client.force_login(learner)

    def send(captions):
        body = {"video": {"captions": captions}}
        return getattr(client, method)("/api/v1/users/me/settings/", body, content_type="application/json")

    assert send(True).json()["video"]["captions"] is True
    response = send(0)
    assert response.status_code == 400
    assert response.json()["fields"] == {"video.captions": ["Must be a valid boolean."]}
    assert client.get("/api/v1/users/me/settings/").json()["video"]["captions"] is True
