"""Health checks: liveness and readiness, served before the academy is looked up."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django_tenants.utils import get_public_schema_name, schema_context
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.kernel import clock
from academies.tenants import queries, schema_template
from academies.tenants.backend import server as database_server
from academies.tenants.models import TemplateArtefact
from lyceum.operations import metrics
from lyceum.operations import queries as operations

logger = logging.getLogger(__name__)

Check = Callable[[], str]


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in ("/health/live", "/health/live/"):
            return JsonResponse({"status": "ok"})
        if request.path == "/metrics" and metrics.allows(request):
            return metrics.response(clock.now())
        if request.path in ("/health/ready", "/health/ready/"):
            states = readiness()
            ready = all(state == "ok" for state in states.values())
            _log_change(states)
            body = {
                "status": "ok" if ready else "unavailable",
                "version": settings.VERSION,
                "checks": states,
                "background": _background(states),
            }
            response = JsonResponse(body, status=200 if ready else 503)
            # Requested every few seconds: logging each would bury the line that says what is wrong.
            response._has_been_logged = True  # type: ignore[attr-defined]
            return response
        return self.get_response(request)


last_states: dict[str, str] = {}


def _log_change(states: dict[str, str]) -> None:
    """Log when a check fails that last passed, and when it passes again."""
    for name, state in states.items():
        # Leave out the duration of "silent for", which changes each time.
        kind = state.partition(" for ")[0]
        # At start-up the web server comes before the worker and the clock.
        previous = last_states.get(name, "never seen" if kind == "never seen" else "ok")
        if kind != previous:
            logger.warning("readiness of the %s: %s", name, state)
        last_states[name] = kind


def readiness() -> dict[str, str]:
    """Return the state of each part: `ok`, or what is wrong. The texts name no host, user or password."""
    checks: dict[str, Check] = {
        "database": check_database,
        "cache": check_cache,
        "template": check_template,
        "academies": check_academies,
    }
    states: dict[str, str] = {}
    for name, check in checks.items():
        if name in ("template", "academies") and states["database"] != "ok":
            states[name] = "unknown"
            continue
        try:
            with schema_context(get_public_schema_name()):
                states[name] = check()
        except Exception:
            logger.exception("the check of the %s failed", name)
            states[name] = "out of reach"
    return states


def _background(checks: dict[str, str]) -> dict[str, str]:
    """Return the states of worker and clock. They don't affect readiness: pages and payments work without them."""
    if checks["database"] != "ok":
        return {}
    try:
        with schema_context(get_public_schema_name()):
            states = operations.silent(now=clock.now())
    except Exception:
        logger.exception("the heartbeats can't be read")
        return {}
    _log_change(states)
    return states


def check_database() -> str:
    # Probe first, so that an unresponsive server is reported within two seconds.
    if not database_server.answers(connection.settings_dict, seconds=1):
        return "out of reach"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def check_cache() -> str:
    value = secrets.token_hex(4)
    key = f"ready-{value}"
    caches["default"].set(key, value, 10)
    stored = caches["default"].get(key)
    caches["default"].delete(key)
    return "ok" if stored == value else "out of reach"


def check_template() -> str:
    is_built = TemplateArtefact.objects.filter(fingerprint=schema_template.fingerprint()).exists()
    return "ok" if is_built else "missing: run manage.py migrate_schemas"


class MigrationState:
    """The academies with pending migrations. Reading all migrations takes a second, so the result is cached."""

    KEEP = {True: 60.0, False: 5.0}

    def __init__(self) -> None:
        self.read_at, self.behind = float("-inf"), ["?"]

    def pending(self) -> list[str]:
        moment = time.monotonic()
        if moment - self.read_at > self.KEEP[not self.behind]:
            self.behind, self.read_at = schema_template.pending_migrations(list(queries.live_schemas())), moment
        return self.behind


migration_state = MigrationState()


def check_academies() -> str:
    behind = migration_state.pending()
    if not behind:
        return "ok"
    return f"behind in migrations: {', '.join(behind[:10])}{' and others' if len(behind) > 10 else ''}"


class HealthView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        tags=["auth"],
        responses=inline_serializer(
            "Health",
            {name: serializers.CharField() for name in ("status", "service", "version", "environment")},
        ),
    )
    def get(self, request: Request) -> Response:
        """Check that the API of this academy is available."""
        return Response(
            {
                "status": "healthy",
                "service": "lyceum",
                "version": settings.VERSION,
                "environment": settings.ENVIRONMENT,
            }
        )
