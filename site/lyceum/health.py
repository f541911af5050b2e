"""Is it alive, is it ready: answered before any academy is looked up."""

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
            found = readiness()
            ready = all(state == "ok" for state in found.values())
            _log_change(found)
            told = {
                "status": "ok" if ready else "unavailable",
                "version": settings.VERSION,
                "checks": found,
                "background": _background(found),
            }
            answer = JsonResponse(told, status=200 if ready else 503)
            # Asked every few seconds: a line for each would bury the one that says what is wrong.
            answer._has_been_logged = True  # type: ignore[attr-defined]
            return answer
        return self.get_response(request)


last_states: dict[str, str] = {}


def _log_change(found: dict[str, str]) -> None:
    """Write a line when a part is ill that was well when last asked, and another when it is well again."""
    for name, state in found.items():
        # For how long it has been silent is another number each time.
        kind = state.partition(" for ")[0]
        # At a start the web server comes first.
        was = last_states.get(name, "never seen" if kind == "never seen" else "ok")
        if kind != was:
            logger.warning("readiness of the %s: %s", name, state)
        last_states[name] = kind


def readiness() -> dict[str, str]:
    """Return what each part says: `ok`, or what is wrong with it. Nothing here names a host, a user or a password."""
    checks: dict[str, Check] = {
        "database": check_database,
        "cache": check_cache,
        "template": check_template,
        "academies": check_academies,
    }
    found: dict[str, str] = {}
    for name, check in checks.items():
        if name in ("template", "academies") and found["database"] != "ok":
            found[name] = "unknown"
            continue
        try:
            with schema_context(get_public_schema_name()):
                found[name] = check()
        except Exception:
            logger.exception("the check of the %s failed", name)
            found[name] = "out of reach"
    return found


def _background(found: dict[str, str]) -> dict[str, str]:
    """Return what the worker and the clock say. A dead one is no reason to send visitors elsewhere: pages and payments go on."""
    if found["database"] != "ok":
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
    # Whoever asks waits two seconds at most: a server that hangs is told by its door.
    if not database_server.answers(connection.settings_dict, seconds=1):
        return "out of reach"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def check_cache() -> str:
    mark = secrets.token_hex(4)
    key = f"ready-{mark}"
    caches["default"].set(key, mark, 10)
    kept = caches["default"].get(key)
    caches["default"].delete(key)
    return "ok" if kept == mark else "out of reach"


def check_template() -> str:
    made = TemplateArtefact.objects.filter(fingerprint=schema_template.fingerprint()).exists()
    return "ok" if made else "missing: run manage.py migrate_schemas"


class MigrationState:
    """Which academies are behind: reading all migrations takes a second, so an answer is kept for a while."""

    KEEP = {True: 60.0, False: 5.0}

    def __init__(self) -> None:
        self.asked_at, self.behind = float("-inf"), ["?"]

    def ask(self) -> list[str]:
        moment = time.monotonic()
        if moment - self.asked_at > self.KEEP[not self.behind]:
            self.behind, self.asked_at = schema_template.pending_migrations(list(queries.live_schemas())), moment
        return self.behind


migration_state = MigrationState()


def check_academies() -> str:
    behind = migration_state.ask()
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
        """Say that this academy's API answers."""
        return Response(
            {
                "status": "healthy",
                "service": "lyceum",
                "version": settings.VERSION,
                "environment": settings.ENVIRONMENT,
            }
        )
