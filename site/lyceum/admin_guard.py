"""Permission checks for admin views that Wagtail shows to everybody with access to the admin: choosers, its API, pages.

Wagtail checks only `access_admin` in these views; but an academy's front desk has access to the admin and no permission for
pages, files or coupons. The middleware checks all of them, including choosers of new viewsets.
"""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from rest_framework.viewsets import GenericViewSet
from wagtail.admin.auth import permission_denied
from wagtail.admin.views.generic.chooser import ModelLookupMixin
from wagtail.models import Page
from wagtail.permissions import policy_registry

from academies.kernel.errors import Forbidden
from lyceum.api.errors import problem_response

_READ = {"view", "choose", "add", "change", "delete", "publish", "lock", "unlock", "bulk_delete"}
# Namespaces whose views show pages or their history without further checks.
_ABOUT_PAGES = {"wagtailadmin_pages", "wagtailadmin_reports", "wagtailadmin_workflows", "wagtailforms"}
_PAGE_VIEWS = ("wagtailadmin_choose_page", "wagtailadmin_tag_")
# These choose a URL and list nothing.
_LISTS_NOTHING = ("_external_link", "_email_link", "_phone_link", "_anchor_link")


class AdminGuardMiddleware:
    """Refuses admin views of models on which the person has no permission."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponseBase | None:
        # The admin itself refuses people without access to it.
        if not request.path.startswith("/admin/") or not request.user.has_perm("wagtailadmin.access_admin"):
            return None
        model = listed_model(request.resolver_match, view)
        if model is None or may_read(request.user, model):
            return None
        if request.path.startswith("/admin/api/"):
            return problem_response(Forbidden())
        return permission_denied(request)


def listed_model(match: Any, view: Any) -> type[Model] | None:
    """Return the model whose objects an admin view shows to everybody with access to the admin, or None."""
    name = match.url_name or ""
    if _ABOUT_PAGES & set(match.namespaces) or (name.startswith(_PAGE_VIEWS) and not name.endswith(_LISTS_NOTHING)):
        return Page
    if name == "wagtail_bulk_action":
        return _model_named(match.kwargs["app_label"], match.kwargs["model_name"])
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if not isinstance(view_class, type) or not issubclass(view_class, ModelLookupMixin | GenericViewSet):
        return None
    model = getattr(view, "view_initkwargs", {}).get("model") or getattr(view_class, "model", None)
    return apps.get_model(model) if isinstance(model, str) else model


def _model_named(app_label: str, model_name: str) -> type[Model] | None:
    try:
        return apps.get_model(app_label, model_name)
    except LookupError:
        return None


def may_read(person: Any, model: type[Model]) -> bool:
    """Return whether a person has any permission on a model, by Wagtail's policy for it."""
    return bool(policy_registry.get_by_type(model).user_has_any_permission(person, _READ))
