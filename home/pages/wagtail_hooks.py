"""Panels of the admin's dashboard."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.permissions import page_permission_policy
from wagtail.rich_text.feature_registry import FeatureRegistry

from academies.kernel import clock
from home.pages import checklist, dashboard
from home.pages.bulk_fields import BulkPageLinkHandler


class Checklist(Component):
    """The set-up checklist, shown until all steps are done."""

    order = 10
    template_name = "pages/checklist.html"

    def __init__(self, steps: list[checklist.Step]):
        self.steps = steps

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"steps": self.steps, "done": sum(step.done for step in self.steps), "total": len(self.steps)}


class Dashboard(Component):
    """Sales, upcoming dates and drafts, each for those with the permission for it."""

    order = 20
    template_name = "pages/dashboard.html"

    def __init__(self, person: Any):
        now = clock.now()
        self.context = {
            "sales": dashboard.sales(person, now),
            "upcoming_events": dashboard.upcoming_events(person, now),
            "drafts": dashboard.drafts(person),
            "writes": page_permission_policy.user_has_permission(person, "change"),
        }

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return self.context


@hooks.register("construct_homepage_panels")
def add_dashboard(request: HttpRequest, panels: list[Component]) -> None:
    panels.insert(0, Dashboard(request.user))


@hooks.register("construct_homepage_panels", order=1)
def add_checklist(request: HttpRequest, panels: list[Component]) -> None:
    steps = checklist.steps(request.user)
    if steps and not all(step.done for step in steps):
        panels.insert(0, Checklist(steps))


# After Wagtail's own handler, which it replaces.
@hooks.register("register_rich_text_features", order=10)
def register_link_handler(features: FeatureRegistry) -> None:
    features.register_link_type(BulkPageLinkHandler)
