"""Pictures and documents in `/api/v2/`.

Pictures are public, those of lessons too: a file name tells nothing without its lesson. Documents are not: most of them are
what a course sells. Only those in the collection "Public", or below it, are listed. Nothing of a private collection is.
"""

from typing import Any

from django.db.models import QuerySet
from rest_framework.fields import Field
from wagtail.api.v2.filters import FieldsFilter, OrderingFilter
from wagtail.documents.api.v2.serializers import DocumentSerializer
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.serializers import ImageSerializer
from wagtail.images.api.v2.views import ImagesAPIViewSet

from catalog.api.base import PublicResponseMixin, SearchFilter
from catalog.library.models import AcademyImage
from catalog.library.queries import in_public_collections, unrestricted


class LargestSizeField(Field):
    """The address of the largest rendition; None while there is none. Originals are not public."""

    def get_attribute(self, instance: AcademyImage) -> AcademyImage:
        return instance

    def to_representation(self, image: AcademyImage) -> Any:
        sizes = sorted(image.renditions.all(), key=lambda size: size.width * size.height)
        return sizes[-1].full_url if sizes else None


class PrefetchedTagsField(Field):
    """Names of tags in alphabetical order, without a query where tags are prefetched."""

    def to_representation(self, tags: Any) -> list[str]:
        return sorted(tag.name for tag in tags.all())


class PublicImageSerializer(ImageSerializer):
    download_url = LargestSizeField(read_only=True)
    tags = PrefetchedTagsField(read_only=True)


class PublicDocumentSerializer(DocumentSerializer):
    tags = PrefetchedTagsField(read_only=True)


class ImagesAPI(PublicResponseMixin, ImagesAPIViewSet):
    base_serializer_class = PublicImageSerializer
    filter_backends = [FieldsFilter, OrderingFilter, SearchFilter]
    # Tags take a query more; `fields=tags` gives them.
    listing_default_fields = [name for name in ImagesAPIViewSet.listing_default_fields if name != "tags"]

    def get_queryset(self) -> QuerySet:
        # Wagtail's own endpoint shows a private collection to people who may see it. This response is cached and the same
        # for everybody.
        images = unrestricted(super().get_queryset()).prefetch_related("renditions")
        return images.prefetch_related("tags") if "fields" in self.request.GET else images


class DocumentsAPI(PublicResponseMixin, DocumentsAPIViewSet):
    base_serializer_class = PublicDocumentSerializer
    filter_backends = [FieldsFilter, OrderingFilter, SearchFilter]
    listing_default_fields = [name for name in DocumentsAPIViewSet.listing_default_fields if name != "tags"]

    def get_queryset(self) -> QuerySet:
        documents = unrestricted(in_public_collections(super().get_queryset()))
        return documents.prefetch_related("tags") if "fields" in self.request.GET else documents
