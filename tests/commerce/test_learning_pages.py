"""Learning pages: lessons, notes, progress, video files."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Collection, ReferenceIndex

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.tenants.context import inside
from catalog.library import documents
from catalog.library.actions import create_default_collections
from catalog.library.models import AcademyDocument
from commerce.enrolments.models import Enrolment, Entitlement
from commerce.learning import actions
from commerce.learning.models import Attempt, Progress
from tests.commerce.test_certificates import complete
from tests.fixtures import lesson_factory
from tests.fixtures.http_client import client_for
from tests.fixtures.lesson_factory import TEXT, VIDEO

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(north):
    return lesson_factory.course(lessons=[TEXT, lesson_factory.quiz(limit_minutes=10), TEXT], sections=2)


@pytest.fixture
def lessons(page):
    return lesson_factory.lessons_of(page)


@pytest.fixture
def enrolment(learner, page):
    return lesson_factory.enrolled(learner, page)


def words(response):
    return re.sub(r"<[^>]+>", " ", response.content.decode())


# --- Lessons --------------------------------------------------------------------------------------------------------
def test_opening_a_lesson_is_noted_for_its_learner(learner, stranger, enrolment, lessons):
    url = lessons[0].url

    shown = client_for(learner).get(url)
    kept_out = client_for(stranger).get(url)
    client_for().get(url)

    assert shown.status_code == 200
    assert kept_out.status_code == 302
    with inside("north"):
        assert Progress.objects.get().enrolment_id == enrolment.pk


def test_done_leads_to_the_next_lesson_and_at_last_to_what_one_learns(learner, enrolment, lessons):
    browser = client_for(learner)

    first = browser.post(f"/learn/lesson/{lessons[0].pk}/complete/")
    last = browser.post(f"/learn/lesson/{lessons[2].pk}/complete/")

    assert (first["Location"], last["Location"]) == (lessons[1].url, "/my/")
    with inside("north"):
        assert Enrolment.objects.get().percent == 66


def test_completing_is_said_on_the_page_of_the_last_lesson_with_the_certificate(learner, north):
    page = lesson_factory.course(lessons=[TEXT])
    lesson_factory.enrolled(learner, page)
    [lesson] = lesson_factory.lessons_of(page)
    browser = client_for(learner)

    at_once = browser.post(f"/learn/lesson/{lesson.pk}/complete/", follow=True)
    with inside("north"):
        outbox.drain()
    later = browser.get(lesson.url)

    assert at_once.redirect_chain == [(f"{lesson.url}#completed", 302)]
    assert "You have completed the course" in words(at_once)
    assert "data-awaiting" in at_once.content.decode()
    assert "Certificate (PDF)" in words(later)
    assert "data-awaiting" not in later.content.decode()


def test_completing_is_said_on_the_result_of_the_last_quiz(learner, north):
    page = lesson_factory.course(lessons=[lesson_factory.quiz()])
    enrolment = lesson_factory.enrolled(learner, page)
    attempt, _ = actions.start_attempt(enrolment=enrolment, lesson=lesson_factory.lessons_of(page)[0], now=clock.now())

    passed = client_for(learner).post(
        f"/learn/quiz/attempts/{attempt.pk}/", lesson_factory.answers_to(attempt), follow=True
    )

    assert "You have completed the course" in words(passed)
    assert "Your certificate is being made" in words(passed)


def test_a_film_is_completed_without_javascript_once_there_was_time_for_it(learner, north):
    page = lesson_factory.course(lessons=[VIDEO, TEXT])
    enrolment = lesson_factory.enrolled(learner, page)
    video, text = lesson_factory.lessons_of(page)
    browser, url = client_for(learner), f"/learn/lesson/{video.pk}/complete/"

    shown = browser.get(video.url).content.decode()
    early = browser.post(url, follow=True)
    Progress.objects.update(started_at=clock.now() - timedelta(minutes=10))
    done = browser.post(url)

    assert "I have watched it" in shown[shown.index("<noscript>") : shown.index("</noscript>")]
    assert re.search(r"Only [1-5]\d% counts so far", words(early))
    assert done["Location"] == text.url
    assert Progress.objects.get(enrolment=enrolment, lesson_key=video.translation_key).completed_at is not None


@pytest.mark.parametrize("path", ["/learn/lesson/%d/complete/", "/learn/quiz/%d/"])
def test_strangers_complete_and_start_nothing(stranger, enrolment, lessons, path):
    refused = client_for(stranger).post(path % lessons[1].pk)
    redirect = client_for().post(path % lessons[1].pk)
    missing = client_for(stranger).post(path % 999_999)

    assert (refused.status_code, redirect.status_code, missing.status_code) == (403, 302, 404)
    assert "/account/login/" in redirect["Location"]
    with inside("north"):
        assert not Progress.objects.exists()
        assert not Attempt.objects.exists()


@pytest.mark.parametrize("path", ["/learn/lesson/%d/complete/", "/learn/quiz/%d/"])
def test_nothing_is_done_by_looking(learner, enrolment, lessons, path):
    response = client_for(learner).get(path % lessons[0].pk)

    assert (response.status_code, response["Location"]) == (302, lessons[0].url)
    with inside("north"):
        assert not Progress.objects.exists()


# --- What one learns ------------------------------------------------------------------------------------------------
def test_one_goes_on_where_one_was(learner, enrolment, lessons):
    other = lesson_factory.course("Cakes", lessons=[TEXT])
    lesson_factory.enrolled(learner, other)
    actions.mark_viewed(enrolment=enrolment, lesson=lessons[0], now=clock.now())
    actions.start_lesson(enrolment=enrolment, lesson=lessons[2], now=clock.now())

    shown = client_for(learner).get("/my/")

    assert shown.status_code == 200
    assert shown.context["continuing"]["url"] == lessons[2].url
    assert {card.course_title: card.next_url for card in shown.context["active"]}["Cakes"].endswith("a-lesson-of-text/")


def test_what_is_done_shows_its_certificate(learner, north):
    complete(learner)

    shown = client_for(learner).get("/my/")

    [done] = shown.context["done"]
    assert done.certificate.code in shown.content.decode()
    assert shown.context["active"] == []


def test_who_learns_nothing_yet_finds_a_way(stranger, north):
    shown = client_for(stranger).get("/my/")

    assert "Nothing here yet" in words(shown)
    assert client_for().get("/my/")["Location"].startswith("/account/login/")


@pytest.mark.parametrize("count", [1, 6])
def test_the_page_costs_the_same_however_much_there_is(learner, north, count):
    for number in range(count):
        lesson_factory.enrolled(learner, lesson_factory.course(f"Course {number}", lessons=[TEXT]))
        complete(learner, title=f"Done {number}")
    browser = client_for(learner)
    browser.get("/my/")

    with CaptureQueriesContext(connection) as captured:
        browser.get("/my/")

    assert len([query for query in captured if not re.match("SAVEPOINT|RELEASE|SET ", query["sql"])]) <= 14


def test_a_course_taken_off_the_site_leads_nowhere_and_says_so(learner, north):
    page = lesson_factory.course(lessons=[TEXT])
    lesson_factory.enrolled(learner, page)
    browser = client_for(learner)
    before = browser.get("/my/").content.decode()

    with inside("north"):
        page.unpublish()
    after = browser.get("/my/").content.decode()

    assert f'href="{page.url}' in before
    assert f'href="{page.url}' not in after
    assert "Closed at the moment" in after


# --- Files of lessons -----------------------------------------------------------------------------------------------
@pytest.fixture
def file(north, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return AcademyDocument.objects.create(title="Fold", file=ContentFile(bytes(range(256)) * 4, name="fold.mp4"))


@pytest.fixture
def lesson_video(file, learner):
    kind, value = VIDEO
    page = lesson_factory.course(lessons=[(kind, {**value, "file": file.pk}), TEXT])
    lesson_factory.enrolled(learner, page)
    # What Wagtail does in the background once a page is saved.
    ReferenceIndex.create_or_update_for_object(lesson_factory.lessons_of(page)[0])
    return file


def test_a_file_of_a_lesson_is_for_those_who_may_attend(lesson_video, learner, stranger, editor, teacher, finance):
    answers = {
        person: client_for(person).get(lesson_video.url).status_code
        for person in (learner, stranger, editor, finance, None)
    }

    assert answers == {learner: 200, stranger: 403, editor: 200, finance: 403, None: 401}
    sent = client_for(learner).get(lesson_video.url)
    assert b"".join(sent.streaming_content) == bytes(range(256)) * 4
    assert "private" in sent["Cache-Control"]


def test_a_file_that_no_lesson_uses_is_for_editors(file, learner, editor):
    assert client_for(learner).get(file.url).status_code == 403
    assert client_for(editor).get(file.url).status_code == 200


def test_a_file_of_a_free_preview_is_for_everybody(lesson_video):
    lesson = lesson_factory.LessonPage.objects.order_by("path").first()
    lesson.free_preview = True
    lesson.save()

    assert client_for().get(lesson_video.url).status_code == 200


def test_a_file_of_a_lesson_that_is_not_published_is_for_editors(lesson_video, learner):
    lesson_factory.LessonPage.objects.order_by("path").first().unpublish()

    assert client_for(learner).get(lesson_video.url).status_code == 403


def test_access_to_the_file_ends_with_access_to_the_course(lesson_video, learner):
    Entitlement.objects.update(revoked_at=clock.now())

    assert client_for(learner).get(lesson_video.url).status_code == 403


def test_a_public_file_is_for_everybody(file):
    file.collection = create_default_collections()
    file.save()

    response = client_for().get(file.url)

    assert (response.status_code, response["Cache-Control"]) == (200, "public, max-age=300")
    assert Collection.objects.count() >= 2


def test_another_academy_has_no_such_file(lesson_video, south):
    assert client_for(host="south.localhost").get(lesson_video.url).status_code == 404


@pytest.mark.parametrize(
    ("byte_range", "status", "content_range", "length"),
    [
        ("bytes=0-99", 206, "bytes 0-99/1024", 100),
        ("bytes=1000-", 206, "bytes 1000-1023/1024", 24),
        ("bytes=-24", 206, "bytes 1000-1023/1024", 24),
        ("bytes=1000-9999", 206, "bytes 1000-1023/1024", 24),
        ("bytes=1024-", 416, "bytes */1024", 0),
        ("bytes=-0", 416, "bytes */1024", 0),
        ("bytes=9-1", 200, None, 1024),
        ("bytes=0-1,5-6", 200, None, 1024),
        ("lines=1-2", 200, None, 1024),
        ("bytes=", 200, None, 1024),
        ("bytes=-", 200, None, 1024),
    ],
)
def test_a_player_may_ask_for_a_part(lesson_video, learner, byte_range, status, content_range, length):
    response = client_for(learner).get(lesson_video.url, headers={"range": byte_range})

    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert (response.status_code, response.get("Content-Range"), len(body)) == (status, content_range, length)
    if status == 206:
        first = int(content_range.split()[1].split("-")[0])
        assert body == (bytes(range(256)) * 4)[first : first + length]
        assert response["Content-Length"] == str(length)


def test_an_unchanged_file_is_not_sent_again(lesson_video, learner):
    browser = client_for(learner)
    mark = browser.get(lesson_video.url)["ETag"]

    same = browser.get(lesson_video.url, headers={"if-none-match": mark})
    part_of_another = browser.get(lesson_video.url, headers={"range": "bytes=0-9", "if-range": '"older"'})
    part = browser.get(lesson_video.url, headers={"range": "bytes=0-9", "if-range": mark})

    assert (same.status_code, part_of_another.status_code, part.status_code) == (304, 200, 206)


@given(st.text(max_size=40), st.integers(0, 5000))
def test_no_range_header_breaks_the_file(header, size):
    try:
        byte_range = documents.byte_range(header, size)
    except documents.OutOfRange:
        return
    assert byte_range is None or 0 <= byte_range[0] <= byte_range[1] < size
