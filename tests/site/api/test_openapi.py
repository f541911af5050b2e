"""The OpenAPI documents and their pages: complete, offline, one for each version."""

import re

import pytest
import yaml
from django.core.management import call_command

from lyceum.api.routers import v2


def generate(tmp_path_factory, version):
    file = tmp_path_factory.mktemp("schema") / "schema.yml"
    generator = f"lyceum.api.openapi.V{version}Generator"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file), "--generator-class", generator)
    return yaml.safe_load(file.read_text())


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return generate(tmp_path_factory, 1)


@pytest.fixture(scope="module")
def v2_document(tmp_path_factory):
    return generate(tmp_path_factory, 2)


def operations(document):
    return [(path, method, each) for path, methods in document["paths"].items() for method, each in methods.items()]


def test_each_document_is_about_one_version(document, v2_document):
    for version, each in ((1, document), (2, v2_document)):
        assert each["paths"]
        assert all(path.startswith(f"/api/v{version}/") for path in each["paths"])


def test_operation_ids_have_one_style(document, v2_document):
    for each in (document, v2_document):
        ids = {(path, method): operation["operationId"] for path, method, operation in operations(each)}
        assert len(set(ids.values())) == len(ids)
        for (path, _), name in ids.items():
            words = [word.replace("-", "_") for word in path.split("/")[3:] if word and "{" not in word]
            assert name.startswith("_".join(words) + "_")
            assert re.fullmatch(r"[a-z_]+_(list|retrieve|create|update|partial_update|destroy)", name)


def test_every_endpoint_of_v2_is_described(v2_document):
    assert {path.split("/")[3] for path in v2_document["paths"]} == set(v2._endpoints)
    schema = v2_document["components"]["schemas"]
    assert {"price", "image", "lesson_count"} <= set(schema["CourseCard"]["properties"])
    assert {"outline", "offers"} <= set(schema["CourseDetail"]["properties"])
    names = [parameter["name"] for parameter in v2_document["paths"]["/api/v2/courses/"]["get"]["parameters"]]
    assert {"fields", "limit", "offset", "order", "search", "level", "free"} <= set(names)


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


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_it_is_served(api, version):
    response = api.get(f"/api/{version}/schema/")

    assert response.status_code == 200
    assert b"openapi: 3" in response.content


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_its_page_loads_nothing_from_elsewhere(api, version):
    page = api.get(f"/api/{version}/docs/").content.decode()

    assert "swagger-ui" in page
    assert "https://" not in page
    assert "//cdn" not in page
