"""The OpenAPI document and its page: complete, offline, /api/v1/ only."""

import pytest
import yaml
from django.core.management import call_command
from django.test import Client


@pytest.fixture
def api(north):
    return Client(headers={"host": "north.localhost"})


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    file = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    return yaml.safe_load(file.read_text())


def test_the_document_is_about_v1_only(document):
    assert document["paths"]
    assert all(path.startswith("/api/v1/") for path in document["paths"])


def test_every_operation_tells_of_problems(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert "default" in operation["responses"], (method, path)


def test_every_post_takes_an_idempotency_key(document):
    posts = [operations["post"] for operations in document["paths"].values() if "post" in operations]

    assert posts
    for post in posts:
        assert "Idempotency-Key" in [parameter["name"] for parameter in post["parameters"]]


def test_tokens_are_described(document):
    schemes = document["components"]["securitySchemes"]

    assert {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"} in schemes.values()
    assert {"bearer": []} in document["paths"]["/api/v1/auth/profile/"]["get"]["security"]


def test_it_is_served(api):
    response = api.get("/api/v1/schema/")

    assert response.status_code == 200
    assert b"openapi: 3" in response.content


def test_its_page_loads_nothing_from_elsewhere(api):
    page = api.get("/api/v1/docs/").content.decode()

    assert "swagger-ui" in page
    assert "https://" not in page
    assert "//cdn" not in page
