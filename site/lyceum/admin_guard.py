"""What Wagtail's admin shows to everybody who may enter it, asked by permission: choosers, its API, its pages.

Wagtail asks for `access_admin` in these views and filters little; here every academy has people at the desk who may enter
and have no business with pages, files or coupons. One question stands before all of them, so a chooser that a new viewset
brings is asked too.
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
# Parts of the admin whose views show pages, or what happened to pages, without asking each time.
_ABOUT_PAGES = {"wagtailadmin_pages", "wagtailadmin_reports", "wagtailadmin_workflows", "wagtailforms"}
_PAGE_VIEWS = ("wagtailadmin_choose_page", "wagtailadmin_tag_")
# These choose an address and list nothing.
_LISTS_NOTHING = ("_external_link", "_email_link", "_phone_link", "_anchor_link")


class AdminGuardMiddleware:
    """Refuse a view of the admin whose models this person has no permission on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponseBase | None:
        # Who may not enter at all is answered by the admin itself.
        if not request.path.startswith("/admin/") or not request.user.has_perm("wagtailadmin.access_admin"):
            return None
        model = listed_model(request.resolver_match, view)
        if model is None or may_read(request.user, model):
            return None
        if request.path.startswith("/admin/api/"):
            return problem_response(Forbidden())
        return permission_denied(request)


def listed_model(match: Any, view: Any) -> type[Model] | None:
    """Return the model whose objects a view of the admin shows to whoever may enter it, or None."""
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
    """Answer whether somebody has any permission on a model's objects, by Wagtail's policy for it."""
    return bool(policy_registry.get_by_type(model).user_has_any_permission(person, _READ))
