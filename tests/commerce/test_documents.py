"""Documents of lessons: who may download them, by any address."""

import hashlib

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from wagtail.documents.views.serve import serve as wagtails_serve
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction, ReferenceIndex

from academies.kernel import clock, errors
from academies.tenants.context import inside
from catalog.library.actions import create_default_collections
from catalog.library.models import AcademyDocument
from commerce.enrolments.actions import NotEnrolled
from commerce.enrolments.models import Entitlement
from tests.fixtures import lesson_factory
from tests.fixtures.http_client import client_for
from tests.fixtures.lesson_factory import TEXT, VIDEO

pytestmark = pytest.mark.django_db

CONTENT = b"what the course sells"


@pytest.fixture
def document(north, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return AcademyDocument.objects.create(pk=1, title="Fold", file=ContentFile(CONTENT, name="fold.mp4"))


@pytest.fixture
def lesson_video(document, learner):
    kind, value = VIDEO
    page = lesson_factory.course(lessons=[(kind, {**value, "file": document.pk}), TEXT])
    lesson_factory.enrolled(learner, page)
    ReferenceIndex.create_or_update_for_object(lesson_factory.lessons_of(page)[0])
    return document


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


# Digits of other scripts, signs that int() reads, and spellings of the path.
SPELLINGS = [
    "/documents/١/fold.mp4", "/documents/%D9%A1/fold.mp4", "/documents/१/fold.mp4", "/documents/１/fold.mp4", "/documents/𝟏/fold.mp4",
    "/documents/+1/fold.mp4", "/documents/%201/fold.mp4", "/documents/1_/fold.mp4", "/documents/0_1/fold.mp4", "/documents/1.0/fold.mp4",
    "/documents/1/fold.mp4/", "/documents/1/fold.mp4%0A", "/documents/1%0A/fold.mp4", "/documents/1/fold.mp4%00", "/documents/1/FOLD.mp4",
    "/documents/1//fold.mp4", "/documents/1/x/../fold.mp4", "/documents/../documents/1/fold.mp4", "/documents//1/fold.mp4",
    "/Documents/1/fold.mp4", "/documents/1/fold.mp4.", "/documents/1\\fold.mp4", "/documents/1%2ffold.mp4/", "/documents/1/%2e/fold.mp4",
    "/en/documents/1/fold.mp4", "/media/documents/fold.mp4", "/documents/01/fold.mp4", "/documents/1/", "/documents/1",
    f"/documents/{10**30}/fold.mp4", "/admin/documents/1/fold.mp4", "/admin/documents/serve/1/",
]  # fmt: skip


def test_no_other_spelling_of_its_address_opens_a_file(lesson_video, stranger):
    for browser in (client_for(), client_for(stranger)):
        for path in SPELLINGS:
            for method in ("get", "head"):
                response = getattr(browser, method)(path, headers={"range": "bytes=0-3"})
                # An address that means the same number is asked for as that number.
                assert response.status_code in (301, 302, 400, 401, 403, 404), (path, response.status_code)
                assert "Content-Range" not in response, path


def test_a_refunded_buyer_reads_it_at_no_address(lesson_video, learner):
    assert client_for(learner).get(lesson_video.url).status_code == 200
    Entitlement.objects.update(revoked_at=clock.now())

    browser = client_for(learner)
    assert browser.get(lesson_video.url).status_code == 403
    assert {browser.get(path).status_code for path in SPELLINGS} <= {301, 302, 400, 403, 404}


def test_whichever_view_serves_a_document_asks_who_may_read_it(lesson_video, learner, stranger):
    """Wagtail's own view is mounted nowhere; a package that mounts it must not open what courses sell."""
    request = RequestFactory().get(lesson_video.url)

    for person, refusal in ((stranger, NotEnrolled), (client_for().get("/").wsgi_request.user, errors.Unauthenticated)):
        request.user = person
        with inside("north"), pytest.raises(refusal):
            wagtails_serve(request, str(lesson_video.pk), lesson_video.filename)
    request.user = learner
    with inside("north"):
        assert body(wagtails_serve(request, str(lesson_video.pk), lesson_video.filename)) == CONTENT


def test_only_our_view_serves_documents():
    assert resolve("/documents/1/fold.mp4").func.__module__ == "catalog.library.documents"
    with pytest.raises(Resolver404):
        resolve("/documents/١/fold.mp4")


@pytest.mark.parametrize("restricted", [False, True])
def test_a_file_of_the_public_collection_is_kept_by_nobody_once_that_is_private(document, learner, restricted):
    document.collection = create_default_collections().add_child(instance=Collection(name="Members"))
    document.save()
    if restricted:
        CollectionViewRestriction.objects.create(collection=create_default_collections(), restriction_type="login")

    stranger, member = client_for().get(document.url), client_for(learner).get(document.url)

    assert (stranger.status_code, member.status_code) == ((302 if restricted else 200), 200)
    assert member["Cache-Control"] == ("private, no-cache" if restricted else "public, max-age=300")
    assert client_for().get("/api/v2/documents/").json()["meta"]["total_count"] == (0 if restricted else 1)


# --- Free previews of what is private -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "groups", "expected"),
    [
        (None, (), {"owner": 200, "stranger": 200, "learner": 200, None: 200}),
        ("login", (), {"owner": 200, "stranger": 200, "learner": 200, None: 401}),
        ("groups", ("Owner",), {"owner": 200, "stranger": 403, "learner": 200, None: 401}),
        ("password", (), {"owner": 403, "stranger": 403, "learner": 200, None: 401}),
    ],
)
@pytest.mark.parametrize("above", [False, True])
def test_a_free_preview_of_a_private_course_is_for_whom_the_course_opens(
    lesson_video, owner, stranger, learner, kind, groups, expected, above
):
    """The learner is enrolled: what they have bought stays open to them."""
    people = {"owner": owner, "stranger": stranger, "learner": learner, None: None}
    lesson = lesson_factory.LessonPage.objects.order_by("path").first()
    lesson.free_preview = True
    lesson.save()
    if kind:
        page = lesson.get_parent().get_parent() if above else lesson
        restriction = PageViewRestriction.objects.create(
            page=page, restriction_type=kind, password="x" * (kind == "password")
        )
        restriction.groups.set(Group.objects.filter(name__in=groups))

    files = {name: client_for(people[name]).get(lesson_video.url).status_code for name in expected}
    lectures = {name: client_for(people[name]).get(f"/api/v1/lectures/{lesson.pk}/").status_code for name in expected}

    # Whoever edits the academy's files reads each of them; that a password was typed is known to a session only.
    assert files == {**expected, "owner": 200}
    assert lectures == expected


# --- Replaced and missing --------------------------------------------------------------------------------------------
def test_a_replaced_file_is_sent_again_however_it_was_replaced(lesson_video, learner):
    browser, former = client_for(learner), lesson_video.filename
    etag = browser.get(lesson_video.url)["ETag"]
    assert etag not in ('""', "")

    with inside("north"):
        lesson_video.file.storage.delete(lesson_video.file.name)
        lesson_video.file = ContentFile(b"another film", name=former)
        lesson_video.save()
    again = browser.get(lesson_video.url, headers={"if-none-match": etag})

    assert lesson_video.filename == former
    assert (again.status_code, body(again)) == (200, b"another film")
    assert browser.get(lesson_video.url, headers={"range": "bytes=0-3", "if-range": etag}).status_code == 200
    assert browser.get(lesson_video.url, headers={"if-none-match": again["ETag"]}).status_code == 304


def test_a_file_stored_without_its_hash_gets_it(lesson_video, learner):
    AcademyDocument.objects.update(file_hash="")

    response = client_for(learner).get(lesson_video.url, headers={"if-none-match": '""'})

    assert response.status_code == 200
    assert response["ETag"] == f'"{hashlib.sha1(CONTENT).hexdigest()}"'


def test_a_file_that_is_lost_is_not_there(lesson_video, learner):
    with inside("north"):
        lesson_video.file.storage.delete(lesson_video.file.name)

    assert client_for(learner).get(lesson_video.url).status_code == 404
