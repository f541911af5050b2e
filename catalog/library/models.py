from typing import Any

from django.db import models
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from academies.tenants import queries as tenants


class AcademyImage(AbstractImage):
    """A definition: a picture of one academy."""

    on_public_pages = True

    admin_form_fields = Image.admin_form_fields


class Rendition(AbstractRendition):
    """A record: one size of a picture."""

    image = models.ForeignKey(AcademyImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="one_rendition_per_spec")
        ]
        indexes = [models.Index(fields=("file",), name="rendition_by_file")]

    @property
    def full_url(self) -> str:
        """The address with the host of the academy that owns the picture."""
        url = self.url
        return tenants.current_base_url() + url if url.startswith("/") else url


class AcademyDocument(AbstractDocument):
    """A definition: a file of one academy, served through a view that asks who may read it."""

    on_public_pages = True

    admin_form_fields = Document.admin_form_fields

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep size and hash those of the file, whoever replaces it: the hash tells browsers whether theirs is the same."""
        if self.file and not self.file._committed:
            self._set_document_file_metadata()
        super().save(*args, **kwargs)
