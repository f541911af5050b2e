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

# Foreign keys that pages show: read with select_related.
_SHOWN = {"cover", "picture", "category", "locale", "venue"}


def page_at(url_path: str) -> Page | None:
    """Return the specific page at a URL path with its related objects. Two queries, and one for a cover's renditions."""
    row = Page.objects.filter(url_path=url_path).values_list("pk", "content_type").first()
    kind = row and ContentType.objects.get_for_id(row[1]).model_class()
    if not row or kind is None:
        return None
    shown = [field.name for field in kind._meta.fields if field.name in _SHOWN]
    rows = kind._default_manager.select_related(*shown)
    return (rows.prefetch_related("cover__renditions") if "cover" in shown else rows).get(pk=row[0])


class HomePage(Page):
    """A definition: an academy's home page."""

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
        """Find a page at any depth in two queries; Wagtail's own routing costs two per level.

        Paths below a page that aren't pages themselves are left to Wagtail's routing.
        """
        page = page_at(f"{self.url_path}{'/'.join(path_components)}/") if path_components else None
        return super().route(request, path_components) if page is None else page.route(request, [])


class StandardPage(Page):
    """A definition: a page of text and pictures."""

    introduction = models.CharField(max_length=250, blank=True)
    body = StreamField(BODY, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]
    api_fields: ClassVar = [APIField("introduction"), APIField("body")]
    parent_page_types: ClassVar = ["pages.HomePage", "pages.StandardPage"]
    subpage_types: ClassVar = ["pages.StandardPage"]
    template = "pages/standard_page.html"
