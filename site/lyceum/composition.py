"""Collects what apps declare in attributes of their AppConfig, so that a new app isn't listed anywhere else.

beat_schedule     {"what it does": ("task", seconds)}: one message per academy at this interval
record_admins     {"people" or "sales": {order in that menu: "path.to.RecordAdmin"}}
role_permissions  {"Finance": ("view_order", ...)}: academies.people.roles
public_models     ("wagtailcore.Site", ...): lyceum.page_cache.invalidation
"""

from typing import Any

from django.apps import apps
from django.utils.module_loading import import_string

from academies.records.record_admin import RecordAdmin


def _declared(name: str) -> list[dict[str, Any]]:
    return [getattr(config, name, {}) for config in apps.get_app_configs()]


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Return Celery's schedule: what the apps declare, each fanned out over the academies, and the worker's heartbeat."""
    schedule = {
        name: _every(task, seconds)
        for entries in _declared("beat_schedule")
        for name, (task, seconds) in entries.items()
    }
    heartbeat = {"task": "operations.heartbeat", "schedule": 30, "options": {"queue": "default", "expires": 30}}
    return {**schedule, "show that the worker works": heartbeat}


def _every(task: str, seconds: float) -> dict[str, Any]:
    # What the worker has not taken when the next one comes is thrown away.
    return {
        "task": "tenants.fan_out",
        "schedule": seconds,
        "args": [task, seconds],
        "options": {"queue": "sweeps", "expires": seconds},
    }


def record_admins(menu: str) -> list[tuple[int, type[RecordAdmin]]]:
    """Return the RecordAdmins of a menu with their order in it."""
    paths = {order: path for menus in _declared("record_admins") for order, path in menus.get(menu, {}).items()}
    return [(order, import_string(path)) for order, path in sorted(paths.items())]
