"""Bulk serialisation of pages in lists: fields are read for all pages at once. Wagtail's serializers read them page by page.

A `BulkPageSerializer` needs a view with a `bulk_values` made of the pages that it serializes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db.models import ForeignKey, QuerySet
from rest_framework.fields import Field
from wagtail.api.v2.serializers import PageAliasOfField, PageSerializer
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import extract_references_from_rich_text
from wagtail.rich_text.pages import PageLinkHandler

_linked_pages: ContextVar[Mapping[str, Page] | None] = ContextVar("linked_pages", default=None)


class BulkPageLinkHandler(PageLinkHandler):
    """Links to pages in rich text, from the pages that `linked_pages` has read already."""

    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Any]:
        pages = _linked_pages.get()
        if pages is None:
            return super().get_many(attrs_list)
        return [pages.get(str(attrs.get("id"))) for attrs in attrs_list]


@contextmanager
def linked_pages(pages: Mapping[str, Page]) -> Iterator[None]:
    """Let rich text link to these pages without a query. pages: by id, as text."""
    token = _linked_pages.set(pages)
    try:
        yield
    finally:
        _linked_pages.reset(token)


# --- The values of a list -------------------------------------------------------------------------------------------
@dataclass
class BulkValues:
    """What the pages of a list need besides their rows. streams: JSON by (field, page id).  aliased: ids of public pages."""

    streams: dict[tuple[str, int], list[Any]] = field(default_factory=dict)
    links: dict[str, Page] = field(default_factory=dict)
    aliased: set[int] = field(default_factory=set)


def read_links(pages: Sequence[Page]) -> dict[str, Page]:
    """Return the pages that texts of these pages link to, by id. One query."""
    texts = [text for page in pages for text in _texts_of(page)]
    ids = {
        object_id
        for text in texts
        if "linktype" in text
        for model, object_id, *_ in extract_references_from_rich_text(text)
        if model is Page
    }
    return {str(pk): page for pk, page in Page.objects.in_bulk([pk for pk in ids if str(pk).isdigit()]).items()}


def _texts_of(page: Page) -> Iterator[str]:
    for declared in page._meta.get_fields():
        if isinstance(declared, RichTextField):
            yield getattr(page, declared.name) or ""
        elif isinstance(declared, StreamField):
            yield from _strings_in(list(getattr(page, declared.name).raw_data))


def _strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings_in(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _strings_in(inner)


def read_stream(pages: Sequence[Page], declared: StreamField, context: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield a stream field of each page as JSON. Pictures and files of all pages are read together.

    All streams are joined to one, and its JSON is cut into pieces of the lengths of its parts.
    """
    block = declared.stream_block
    parts = [
        [child for child in getattr(page, declared.name).raw_data if child["type"] in block.child_blocks]
        for page in pages
    ]
    joined = block.to_python([dict(child) for part in parts for child in part])
    children = iter(block.get_api_representation(joined, context))
    for part in parts:
        yield [next(children) for _ in part]


def with_relations(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Fetch what foreign keys among the API's fields of a page type point at, with the sizes and tags of pictures."""
    model = pages.model
    names = {getattr(declared, "name", declared) for declared in getattr(model, "api_fields", ())}
    keys = [key for key in model._meta.get_fields() if isinstance(key, ForeignKey) and key.name in names]
    pages = pages.select_related("alias_of", *(key.name for key in keys))
    pictures = [key.name for key in keys if hasattr(key.related_model, "renditions")]
    return pages.prefetch_related(*(f"{name}__{part}" for name in pictures for part in ("renditions", "tags")))


# --- The serializer -------------------------------------------------------------------------------------------------
class BulkStreamField(Field):
    """A stream field, from the view's `bulk_values` where they have it."""

    def get_attribute(self, instance: Page) -> Any:
        streams = self.context["view"].bulk_values.streams
        key = (self.field_name, instance.pk)
        return streams[key] if key in streams else super().get_attribute(instance)

    def to_representation(self, value: Any) -> Any:
        return value if isinstance(value, list) else value.stream_block.get_api_representation(value, self.context)


class PublicAliasField(PageAliasOfField):
    """The page that a page is an alias of, if it is public."""

    def get_attribute(self, instance: Page) -> Page | None:
        pk, values = instance.alias_of_id, self.context["view"].bulk_values
        if pk is None or not (pk in values.aliased or self.context["base_queryset"].filter(pk=pk).exists()):
            return None
        return instance.alias_of


class BulkPageSerializer(PageSerializer):
    serializer_field_mapping = {**PageSerializer.serializer_field_mapping, StreamField: BulkStreamField}
    alias_of = PublicAliasField(read_only=True)
