"""Storage of media files: one folder per academy, served at the academy's own host."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import connection


class AcademyStorage(FileSystemStorage):
    """Files of the current academy. The location is computed at each use, because a process serves many academies."""

    @property
    def base_location(self) -> str:  # type: ignore[override]
        return str(_folder(connection.schema_name))

    @property
    def location(self) -> str:  # type: ignore[override]
        return self.base_location

    @property
    def base_url(self) -> str:  # type: ignore[override]
        return settings.MEDIA_URL


def _folder(schema: str) -> Path:
    return Path(settings.MEDIA_ROOT) / schema


def discard(schema: str) -> None:
    """Remove the files of an academy, if it has any. schema: checked by the caller."""
    shutil.rmtree(_folder(schema), ignore_errors=True)
