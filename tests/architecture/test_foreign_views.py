"""Views of third-party packages: every reachable one is listed with a reason in foreign_views.toml.

A package's URLconf may add more than expected: Wagtail's own document view was once reachable beside ours.
"""

import inspect
import tomllib
from pathlib import Path
from typing import Any

from django.urls import get_resolver
from wagtail.documents.views.serve import serve as documents_serve
from wagtail.images.views.serve import ServeView

from tests.fixtures.routes import walk_routes

OURS = ("academies.", "catalog.", "commerce.", "home.", "lyceum.")
TABLE = tomllib.loads(Path(__file__).with_name("foreign_views.toml").read_text())


def _behind(view: Any) -> Any:
    """Return the function or class behind decorators and `as_view`."""
    for _ in range(5):
        cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
        if cls is not None:
            return cls
        view = inspect.unwrap(view)
    return view


def _views() -> set[tuple[str, str, str]]:
    """Return route, module and name of every view of a package."""
    views = {(route.path, _behind(route.view)) for route in walk_routes(get_resolver().url_patterns, "")}
    named = {(path, view.__module__, view.__qualname__) for path, view in views}
    return {named_view for named_view in named if not f"{named_view[1]}.".startswith(OURS)}


def test_every_view_of_a_package_outside_the_admin_is_named_with_its_reason():
    routes = {f"{path} {module}.{name}" for path, module, name in _views() if not path.startswith("admin/")}

    assert routes == set(TABLE["routes"])


def test_every_view_of_a_package_inside_the_admin_is_named_with_its_reason():
    inside = {f"{module}.{name}" for path, module, name in _views() if path.startswith("admin/")}

    assert inside == {f"{module}.{name}" for module, entry in TABLE["admin"].items() for name in entry["views"]}
    assert all(entry["why"] for entry in TABLE["admin"].values())


def test_no_view_of_a_package_serves_files():
    behind = {_behind(route.view) for route in walk_routes(get_resolver().url_patterns, "")}

    assert not {documents_serve, ServeView} & behind
    assert not [
        view for view in behind if view.__module__ in ("django.views.static", "django.contrib.staticfiles.views")
    ]
