from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from home.pages.blocks import BODY

# What a page points at and shows: read with it, not one by one.
_SHOWN = {"cover", "picture", "category", "locale", "venue"}


def page_at(url_path: str) -> Page | None:
    """Return the page of a tree path with what its own page shows. Two queries, and one for the sizes of a cover."""
    found = Page.objects.filter(url_path=url_path).values_list("pk", "content_type").first()
    kind = found and ContentType.objects.get_for_id(found[1]).model_class()
    if not found or kind is None:
        return None
    shown = [field.name for field in kind._meta.fields if field.name in _SHOWN]
    rows = kind._default_manager.select_related(*shown)
    return (rows.prefetch_related("cover__renditions") if "cover" in shown else rows).get(pk=found[0])


class HomePage(Page):
    """A definition: an academy's front door."""

    headline = models.CharField(max_length=120, blank=True)
    introduction = models.CharField(max_length=250, blank=True)
    picture = models.ForeignKey(
        "library.AcademyImage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = StreamField(BODY, blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("introduction"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    api_fields: ClassVar = [APIField(name) for name in ("headline", "introduction", "picture", "body")]
    max_count = 1
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    template = "pages/home_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # Queries import the models.
        from home.pages import queries

        return {**super().get_context(request, *args, **kwargs), **queries.home_page_content()}

    def route(self, request: Any, path_components: list[str]) -> Any:
        """Find a page however deep in two queries; Wagtail's own way costs two a level.

        What isn't a page's address may still be answered by a page above it: then it is Wagtail's way.
        """
        page = page_at(f"{self.url_path}{'/'.join(path_components)}/") if path_components else None
        return super().route(request, path_components) if page is None else page.route(request, [])


class StandardPage(Page):
    """A definition: a page of words and pictures."""

    introduction = models.CharField(max_length=250, blank=True)
    body = StreamField(BODY, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]
    api_fields: ClassVar = [APIField("introduction"), APIField("body")]
    parent_page_types: ClassVar = ["pages.HomePage", "pages.StandardPage"]
    subpage_types: ClassVar = ["pages.StandardPage"]
    template = "pages/standard_page.html"
