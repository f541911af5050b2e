"""Document uploads: allowed file types and sizes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.library.models import AcademyDocument
from tests.fixtures.http_client import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(admin, name, content=b"%PDF-1.4", path="/admin/documents/multiple/add/"):
    file = SimpleUploadedFile(name, content)
    return admin.post(
        path, {"title": "T", "files[]": file, "file": file, "collection": 1}, HTTP_X_REQUESTED_WITH="XMLHttpRequest"
    )


def test_what_lessons_need_is_taken(editor):
    admin = client_for(editor)

    for name in ("sheet.pdf", "FILM.MP4", "words.vtt", "data.csv", "slides.pptx", "all.zip"):
        assert upload(admin, name).json()["success"] is True, name


def test_other_types_are_refused_in_a_sentence(editor):
    admin = client_for(editor)

    for path in ("/admin/documents/multiple/add/", "/admin/documents/add/"):
        for name in (
            "page.html",
            "page.pdf.html",
            "picture.svg",
            "program.exe",
            "run.js",
            "run.sh",
            "none",
            "x.xhtml",
            "x.php",
        ):
            assert "not allowed" in upload(admin, name, path=path).content.decode(), name
    assert not AcademyDocument.objects.exists()


def test_a_document_that_is_too_large_is_refused_in_a_sentence(editor, settings):
    settings.WAGTAILDOCS_MAX_UPLOAD_SIZE = 1000

    answer = upload(client_for(editor), "sheet.pdf", b"x" * 1001).json()

    assert answer["success"] is False
    assert "too big" in answer["error_message"]
    assert upload(client_for(editor), "sheet.pdf", b"x" * 1000).json()["success"] is True
