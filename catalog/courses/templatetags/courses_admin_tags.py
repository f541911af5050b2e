"""The panel of a page's parts, for a page that Wagtail saved while it was being added."""

from typing import Any

from django import template
from wagtail.models import Page

from catalog.courses.panels import PartsPanel, parts_context

register = template.Library()


@register.simple_tag
def parts_panel_of(page: Page) -> dict[str, Any] | None:
    """Return what the panel shows, or None for a page whose form has no such panel."""
    panels = getattr(page.specific_class, "content_panels", ())
    return parts_context(page) if any(isinstance(panel, PartsPanel) for panel in panels) else None
