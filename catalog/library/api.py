"""Doors of `/api/v2/` to pictures and files.

Pictures are public, those of lessons too: a file name tells nothing without its lesson. Documents are not: most of them are
what a course sells. Only those in the collection "Public", or below it, are listed.
"""

from django.db.models import QuerySet
from wagtail.api.v2.filters import FieldsFilter, OrderingFilter
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet

from catalog.library.headless import PublicAnswer, Searched
from catalog.library.queries import in_public_collections


class ImagesAPI(PublicAnswer, ImagesAPIViewSet):
    filter_backends = [FieldsFilter, OrderingFilter, Searched]
    # Tags cost a query a picture; `fields=tags` still gives them.
    listing_default_fields = [name for name in ImagesAPIViewSet.listing_default_fields if name != "tags"]


class DocumentsAPI(PublicAnswer, DocumentsAPIViewSet):
    filter_backends = [FieldsFilter, OrderingFilter, Searched]
    listing_default_fields = [name for name in DocumentsAPIViewSet.listing_default_fields if name != "tags"]

    def get_queryset(self) -> QuerySet:
        return in_public_collections(super().get_queryset())
