"""/api/v1/ conforms to its OpenAPI document, for a stranger, a learner and an owner.

Schemathesis generates valid and invalid requests from the document. None may cause a 500, no response may break the schema,
and no invalid request may be accepted. It takes minutes, so it is a CI job of its own.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from academies.kernel import clock
from academies.people import actions as people
from academies.people.facts import Device
from academies.people.models import User
from academies.tenants.context import inside
from lyceum.api.openapi import V1Generator
from lyceum.wsgi import application
from tests.fixtures.api_objects import make_addressed
from tests.fixtures.people import make_person

pytestmark = pytest.mark.openapi

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection,
]  # fmt: skip
EXAMPLES = 12

schema = schemathesis.openapi.from_dict(V1Generator().get_schema(request=None, public=True))
schema.app = application
schema.config.generation.modes = list(GenerationMode)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Requests are answered on the connection that holds the test's transaction."""
    was_connected = request_started.disconnect(close_old_connections)
    yield
    if was_connected:
        request_started.connect(close_old_connections)


@pytest.fixture(scope="module")
def module_addressed(module_db: None) -> dict[str, Any]:
    with inside("north"):
        return make_addressed(make_person("Lena Learner", "Learner"))


@pytest.fixture
def addressed(module_addressed: dict[str, Any], north: object) -> dict[str, Any]:
    return module_addressed


@pytest.fixture
def learner(addressed: dict[str, Any]) -> User:
    return User.objects.get(full_name="Lena Learner")


@pytest.fixture(params=["stranger", "learner", "owner"])
def headers(request: pytest.FixtureRequest, addressed: dict[str, Any]) -> dict[str, str]:
    host = {"Host": "north.localhost", "X-Forwarded-For": "198.51.100.7"}
    if request.param == "stranger":
        return host
    pair = people.start_session(person=request.getfixturevalue(request.param), device=Device(), now=clock.now())
    return {**host, "Authorization": f"Bearer {pair.access}"}


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_an_operation_does_what_the_document_says(
    case: Case, headers: dict[str, str], addressed: dict[str, Any]
) -> None:
    noun = case.path.removeprefix("/api/v1/").partition("/")[0]
    if "{" in case.path and noun in addressed and case.meta.generation.mode == GenerationMode.POSITIVE:
        case.path_parameters = {**case.path_parameters, "id": addressed[noun]}
    case.call_and_validate(checks=CHECKS, headers=headers)
