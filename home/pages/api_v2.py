"""Pages and redirects in `/api/v2/`: Wagtail's own endpoints, for public pages only."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from wagtail.api.v2.filters import (
    AncestorOfFilter,
    ChildOfFilter,
    DescendantOfFilter,
    FieldsFilter,
    LocaleFilter,
    OrderingFilter,
    TranslationOfFilter,
)
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.contrib.redirects.api import RedirectsAPIViewSet
from wagtail.fields import StreamField
from wagtail.models import Page

from catalog.api.base import PublicResponseMixin, SearchFilter
from home.pages.bulk_fields import (
    BulkPageSerializer,
    BulkValues,
    linked_pages,
    read_links,
    read_stream,
    with_relations,
)
from home.pages.queries import public_pages


class PagesAPI(PublicResponseMixin, PagesAPIViewSet):
    """Wagtail's pages endpoint for public pages. Other pages aren't listed, found, counted or shown as parents.

    A list takes the same number of queries however many pages it has, `fields=*` included.
    """

    base_serializer_class = BulkPageSerializer
    filter_backends = [
        FieldsFilter,
        ChildOfFilter,
        AncestorOfFilter,
        DescendantOfFilter,
        OrderingFilter,
        TranslationOfFilter,
        LocaleFilter,
        SearchFilter,
    ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.bulk_values = BulkValues()

    def get_base_queryset(self) -> QuerySet[Page]:
        return super().get_base_queryset().filter(pk__in=public_pages().values("pk"))

    def get_queryset(self) -> QuerySet[Page]:
        pages = super().get_queryset().select_related("locale", "content_type")
        return with_relations(pages) if "fields" in self.request.GET else pages

    def listing_view(self, request: Request) -> Response:
        with linked_pages(self.bulk_values.links):
            return super().listing_view(request)

    def paginate_queryset(self, queryset: QuerySet[Page]) -> list[Page]:
        pages: list[Page] = super().paginate_queryset(queryset)
        if "fields" in self.request.GET and pages:
            self._read_in_bulk(pages)
        return pages

    def _read_in_bulk(self, pages: list[Page]) -> None:
        values, names = self.bulk_values, set(self.get_serializer_class()().fields)
        values.links.update(read_links(pages))
        aliases = {page.alias_of_id for page in pages if page.alias_of_id}
        if aliases:
            values.aliased.update(self.get_base_queryset().filter(pk__in=aliases).values_list("pk", flat=True))
        for declared in type(pages[0])._meta.get_fields():
            if isinstance(declared, StreamField) and declared.name in names:
                streams = read_stream(pages, declared, self.get_serializer_context())
                values.streams.update({(declared.name, page.pk): next(streams) for page in pages})


class RedirectsAPI(PublicResponseMixin, RedirectsAPIViewSet):
    """Wagtail's redirects endpoint."""
