"""Media of an academy: one folder per schema, addressed below the academy's own host."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import connection


class AcademyStorage(FileSystemStorage):
    """Files of the current academy. Location is asked anew at each use, because one process serves many academies."""

    @property
    def base_location(self) -> str:  # type: ignore[override]
        return str(Path(settings.MEDIA_ROOT) / connection.schema_name)

    @property
    def location(self) -> str:  # type: ignore[override]
        return self.base_location

    @property
    def base_url(self) -> str:  # type: ignore[override]
        return settings.MEDIA_URL
