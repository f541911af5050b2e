"""What an editor sees of a course's parts while writing it: where the next section or lesson goes."""

from typing import Any

from django.urls import reverse
from wagtail.admin.panels import HelpPanel
from wagtail.models import Page


class PartsPanel(HelpPanel):
    """List the pages below this one, with their lessons, and offer to add the next one."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"template": "courses/admin/parts.html", **kwargs})

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), **parts_context(self.instance)}


def parts_context(page: Page) -> dict[str, Any]:
    """Return what the panel of a page shows: parts is None before the first save."""
    kind = next(iter(page.specific_class.allowed_subpage_models()), None)
    if not page.pk or kind is None:
        return {"parts": None, "kind": kind._meta.verbose_name if kind else ""}
    add = reverse("wagtailadmin_pages:add", args=(kind._meta.app_label, kind._meta.model_name, page.pk))
    return {"parts": _parts(page), "add": add, "kind": kind._meta.verbose_name}


def _parts(page: Page) -> list[dict[str, Any]]:
    """Return the children of a page with their own children, in order. One query."""
    below = page.get_descendants().order_by("path")
    parts: list[dict[str, Any]] = []
    for child in below:
        row = {
            "title": child.get_admin_display_title(),
            "live": child.live,
            "changed": child.has_unpublished_changes,
            "inside": [],
        }
        row["edit"] = reverse("wagtailadmin_pages:edit", args=(child.pk,))
        if child.depth == page.depth + 1:
            add = reverse("wagtailadmin_pages:add", args=("courses", "lessonpage", child.pk))
            parts.append({**row, "add": add})
        else:
            parts[-1]["inside"].append(row)
    return parts
