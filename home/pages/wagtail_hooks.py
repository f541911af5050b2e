"""Admin doors of the front: what the dashboard opens on."""

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
    """What a new academy still needs before its first learner; gone when all is done."""

    order = 10
    template_name = "pages/checklist.html"

    def __init__(self, steps: list[checklist.Step]):
        self.steps = steps

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"steps": self.steps, "done": sum(step.done for step in self.steps), "total": len(self.steps)}


class Dashboard(Component):
    """What sells, what is next and what waits to be published: each for those who may see it."""

    order = 20
    template_name = "pages/dashboard.html"

    def __init__(self, person: Any):
        now = clock.now()
        self.shown = {
            "sales": dashboard.sales(person, now),
            "upcoming_events": dashboard.upcoming_events(person, now),
            "drafts": dashboard.drafts(person),
            "writes": page_permission_policy.user_has_permission(person, "change"),
        }

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return self.shown


@hooks.register("construct_homepage_panels")
def show_what_goes_on(request: HttpRequest, panels: list[Component]) -> None:
    panels.insert(0, Dashboard(request.user))


@hooks.register("construct_homepage_panels", order=1)
def show_the_checklist_first(request: HttpRequest, panels: list[Component]) -> None:
    steps = checklist.steps(request.user)
    if steps and not all(step.done for step in steps):
        panels.insert(0, Checklist(steps))


# After Wagtail's own handler, which it replaces.
@hooks.register("register_rich_text_features", order=10)
def register_link_handler(features: FeatureRegistry) -> None:
    features.register_link_type(BulkPageLinkHandler)
