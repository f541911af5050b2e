"""Admin doors of the front: the dashboard's first panel."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component

from home.pages import checklist


class Checklist(Component):
    """What a new academy still needs before its first learner; gone when all is done."""

    order = 10
    template_name = "pages/checklist.html"

    def __init__(self, steps: list[checklist.Step]):
        self.steps = steps

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"steps": self.steps, "done": sum(step.done for step in self.steps), "total": len(self.steps)}


@hooks.register("construct_homepage_panels")
def show_the_checklist_first(request: HttpRequest, panels: list[Component]) -> None:
    steps = checklist.steps(request.user)
    if steps and not all(step.done for step in steps):
        panels.insert(0, Checklist(steps))
