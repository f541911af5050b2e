"""Doors of `/api/v2/` to pictures and files.

Pictures are public, those of lessons too: a file name tells nothing without its lesson. Documents are not: most of them are
what a course sells. Only those in the collection "Public", or below it, are listed. Nothing of a private collection is.
"""

from typing import Any

from django.db.models import QuerySet
from rest_framework.fields import Field
from wagtail.api.v2.filters import FieldsFilter, OrderingFilter
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.serializers import ImageSerializer
from wagtail.images.api.v2.views import ImagesAPIViewSet

from catalog.api.base import PublicResponseMixin, SearchFilter
from catalog.library.models import AcademyImage
from catalog.library.queries import in_public_collections, unrestricted


class LargestSize(Field):
    """The address of the largest size there is; None while none is made. Originals are not for everybody."""

    def get_attribute(self, instance: AcademyImage) -> AcademyImage:
        return instance

    def to_representation(self, image: AcademyImage) -> Any:
        sizes = sorted(image.renditions.all(), key=lambda one: one.width * one.height)
        return sizes[-1].full_url if sizes else None


class PublicImageSerializer(ImageSerializer):
    download_url = LargestSize(read_only=True)


class ImagesAPI(PublicResponseMixin, ImagesAPIViewSet):
    base_serializer_class = PublicImageSerializer
    filter_backends = [FieldsFilter, OrderingFilter, SearchFilter]
    # Tags cost a query a picture; `fields=tags` still gives them.
    listing_default_fields = [name for name in ImagesAPIViewSet.listing_default_fields if name != "tags"]

    def get_queryset(self) -> QuerySet:
        # Wagtail's own shows a private collection to whom it opens; this answer is kept and given to everybody.
        return unrestricted(super().get_queryset()).prefetch_related("renditions")


class DocumentsAPI(PublicResponseMixin, DocumentsAPIViewSet):
    filter_backends = [FieldsFilter, OrderingFilter, SearchFilter]
    listing_default_fields = [name for name in DocumentsAPIViewSet.listing_default_fields if name != "tags"]

    def get_queryset(self) -> QuerySet:
        return unrestricted(in_public_collections(super().get_queryset()))
