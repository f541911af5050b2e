"""Exports of record lists of any length: rows are streamed from a server-side cursor."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpResponse
from wagtail.admin.views.mixins import SpreadsheetExportMixin

# Rows held in memory at a time.
CHUNK = 1000
# Statement timeout for selecting and sorting all rows, which happens before the first is read. The usual one is too short.
_SECONDS = 300


class Rows:
    """A queryset that is read once, in chunks, with its select_related and prefetch_related.

    The cursor is declared WITH HOLD, so no transaction stays open during the download.
    """

    def __init__(self, queryset: QuerySet) -> None:
        self.model = queryset.model
        self._queryset = queryset

    def __iter__(self) -> Iterator[Model]:
        rows = iter(self._queryset.iterator(chunk_size=CHUNK))
        with _statement_limit(_SECONDS):
            first = list(islice(rows, 1))
        return chain(first, rows)


@contextmanager
def _statement_limit(seconds: int) -> Iterator[None]:
    """Set the statement timeout for a block, and restore the former one after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{seconds}s"])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, false)", [before])


class StreamedExport(SpreadsheetExportMixin):
    """Wagtail's exports without holding all records and the finished workbook in memory."""

    def as_spreadsheet(self, queryset: QuerySet, spreadsheet_format: str) -> HttpResponse:
        return super().as_spreadsheet(Rows(queryset), spreadsheet_format)

    def write_xlsx_response(self, queryset: Any) -> FileResponse:
        workbook = TemporaryFile()  # noqa: SIM115  (closed by the response)
        self.write_xlsx(queryset, workbook)
        workbook.seek(0)
        return FileResponse(
            workbook,
            as_attachment=True,
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            filename=f"{self.get_filename()}.xlsx",
        )
