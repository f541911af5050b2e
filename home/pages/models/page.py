from typing import Any, ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from home.pages.blocks import BODY


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

    def route(self, request: Any, path_components: list[str]) -> Any:
        """Find a page however deep in two queries; Wagtail's own way costs two a level.

        What isn't a page's address may still be answered by a page above it: then it is Wagtail's way.
        """
        from home.pages.queries import page_at

        page = page_at(f"{self.url_path}{'/'.join(path_components)}/") if path_components else None
        return super().route(request, path_components) if page is None else page.route(request, [])

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from home.pages.queries import front

        return {**super().get_context(request, *args, **kwargs), **front()}


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
