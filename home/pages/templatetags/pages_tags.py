"""Template tags: site frame, pictures, form fields, durations, structured data."""

import json
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from wagtail.images.models import ResponsiveImage

from academies.kernel.money import Money
from academies.tenants.money_format import format_money
from catalog.library import queries as library
from catalog.library import rules
from home.pages.site_frame import SiteFrame
from home.pages.site_frame import site_frame as current_site_frame

register = template.Library()

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@register.simple_tag
def site_frame() -> SiteFrame:
    return current_site_frame()


@register.filter
def duration(minutes: int | None) -> str:
    """Format minutes: 45 min, 3 h, 3 h 20 min."""
    hours, rest = divmod(int(minutes or 0), 60)
    if not hours:
        return gettext("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return gettext("%(hours)s h") % {"hours": hours}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


@register.filter
def span(days: int) -> str:
    """Format a number of days, in months if possible: 365 days are 12 months, 14 days stay 14 days."""
    for length, word in ((365, 12), (360, 12), (30, 1)):
        if days % length == 0:
            months = days // length * word
            return ngettext("%(months)s month", "%(months)s months", months) % {"months": months}
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


@register.filter
def money(amount: Money) -> str:
    """Write an amount as the language of the page does."""
    return format_money(amount)


@register.filter
def json_ld(data: Any) -> SafeString:
    """Render structured data as a script element, escaped so that the data can't close it."""
    text = json.dumps(data, ensure_ascii=False, default=str).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Return the value of a variable key in a mapping, or None."""
    return mapping.get(key) if hasattr(mapping, "get") else None


# For each use on a page: its renditions, and the `sizes` attribute.
_USES = {
    "card": (rules.CARD, "(min-width: 62rem) 22rem, (min-width: 40rem) 50vw, 100vw"),
    "wide": (rules.WIDE, "(min-width: 62rem) 46rem, 100vw"),
    "hero": (rules.HERO, "(min-width: 62rem) 34rem, 100vw"),
    "inline": (rules.INLINE, "(min-width: 62rem) 60rem, 100vw"),
    "face": (rules.FACE, ""),
}


@register.simple_tag(takes_context=True)
def picture(context: Any, image: Any, use: str, **attributes: Any) -> Any:
    """Render a picture with the renditions of a use, or a placeholder of its size until they exist."""
    sizes, width = _USES[use]
    renditions = _ready(context, image, sizes)
    if not renditions:
        return _placeholder(image, attributes.get("class", ""))
    attributes = {**attributes, "sizes": width} if width else attributes
    return ResponsiveImage(renditions, attributes)


def _placeholder(image: Any, css_class: str) -> SafeString:
    """Render an empty SVG with the picture's proportions, so that the layout doesn't shift later."""
    box = '<svg class="{} waiting" viewBox="0 0 {} {}" role="presentation"></svg>'
    return format_html(box, css_class, image.width, image.height)


@register.simple_tag(takes_context=True)
def share_picture(context: Any, image: Any) -> Any:
    """Return the rendition for social media previews, or None until it exists."""
    return next(iter(_ready(context, image, rules.SHARE).values()), None)


def _ready(context: Any, image: Any, sizes: dict[str, str]) -> dict[str, Any]:
    if getattr(context.get("request"), "is_preview", False):
        # Editors must see a picture that they have just chosen.
        return image.get_renditions(*sizes.values())
    return library.page_renditions(image, sizes)


@register.simple_tag(takes_context=True)
def canonical(context: Any, page: Any) -> str:
    """Return the canonical URL of a page: with the page number of a list, but without its filters."""
    address: str = page.full_url or ""
    rows = next((context[name] for name in ("courses", "offerings") if hasattr(context.get(name), "paginator")), None)
    narrowed = any(value for name, value in context["request"].GET.items() if name != "page")
    return f"{address}?page={rows.number}" if rows and rows.number > 1 and not narrowed else address


@register.simple_tag
def steps(outline: Any, lesson: Any, progress: Any = None) -> dict[str, Any]:
    """Return a lesson's position in its course: number, count, and the previous and next lessons."""
    lessons = [item for section in outline.sections for item in section.lessons]
    at = next((index for index, item in enumerate(lessons) if item.id == lesson.pk), 0)
    return {
        "number": at + 1,
        "count": len(lessons),
        "previous": lessons[at - 1] if at else None,
        "next": lessons[at + 1] if at + 1 < len(lessons) else None,
    }


@register.simple_tag
def next_lesson(outline: Any, progress: Any = None) -> Any:
    """Return the first incomplete lesson, or the first lesson if all are complete."""
    lessons = [item for section in outline.sections for item in section.lessons]
    incomplete = (item for item in lessons if not getattr(get(progress or {}, item.id), "completed_at", None))
    return next(incomplete, lessons[0] if lessons else None)


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, **attributes: Any) -> dict[str, Any]:
    """Render one form field: label above, help below, errors beside it.

    attributes: of the input, such as autocomplete="name"; `label` and `help` override those of the form.
    """
    label, hint = attributes.pop("label", bound.label), attributes.pop("help", bound.help_text)
    kind = getattr(bound.field.widget, "input_type", "")
    if kind == "text" and "type" in attributes:
        bound.field.widget.input_type = attributes.pop("type")
    attributes.pop("type", None)
    described = [f"{bound.auto_id}_help"] if hint else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    if described:
        attributes["aria-describedby"] = " ".join(described)
    widget = bound.as_widget(attrs=attributes)
    return {"bound": bound, "widget": widget, "label": label, "hint": hint, "is_check": kind == "checkbox"}


@register.inclusion_tag("parts/form_errors.html")
def form_errors(form: Any, **labels: str) -> dict[str, Any]:
    """List a form's errors with a link to each field. labels: override the labels of the form."""
    wrong = [
        (bound, labels.get(bound.name, bound.label), error)
        for bound in form
        if not bound.is_hidden
        for error in bound.errors
    ]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return {"wrong": wrong, "general": [*form.non_field_errors(), *hidden]}
