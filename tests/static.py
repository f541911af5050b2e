"""Static files as strict as production: a page that names a file nobody ships fails in a test, not at a visitor's."""

from functools import cache

from django.contrib.staticfiles.finders import find
from django.contrib.staticfiles.storage import StaticFilesStorage


@cache
def _is_shipped(name: str) -> bool:
    return find(name) is not None


class StrictStaticFiles(StaticFilesStorage):
    def url(self, name: str | None) -> str:
        if name and not _is_shipped(name.partition("?")[0].partition("#")[0]):
            raise ValueError(f"static file {name} is shipped by nobody")
        return super().url(name)
