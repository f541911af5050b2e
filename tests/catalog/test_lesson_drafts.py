"""Lesson drafts: incomplete lessons are saved as drafts and never published."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.models import Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from academies.kernel import clock
from catalog.activities.kinds.video import rules
from catalog.courses import tasks
from catalog.courses.models import LessonPage
from catalog.courses.models.lesson import NotReady
from catalog.library.models import AcademyDocument
from lyceum_dev.demo import loader
from tests.fixtures import lesson_factory
from tests.fixtures.http_client import client_for
from tests.fixtures.lesson_factory import TEXT

QUESTION = {
    "kind": "single",
    "text": "Which flour?",
    "points": "1",
    "tolerance": "",
    "feedback": "",
    "options-count": "0",
}
QUIZ = {
    "introduction": "", "pass_percent": "70", "attempts_allowed": "3", "limit_minutes": "0", "feedback_policy": "score",
    "questions-count": "1", "questions-0-deleted": "", "questions-0-order": "0", "questions-0-type": "item",
    "questions-0-id": "",
}  # fmt: skip
VIDEO = {
    "url": "", "file": "", "captions": "", "duration_seconds": "", "must_watch_percent": "90", "transcript": "",
    "notes": rich_text(""),
}  # fmt: skip


@pytest.fixture
def section(north):
    return lesson_factory.lessons_of(lesson_factory.course(lessons=[TEXT]))[0].get_parent().specific


@pytest.fixture
def admin(editor):
    return client_for(editor)


def quiz(**question):
    return "quiz", {**QUIZ, "questions-0-value": {**QUESTION, "accepted": streamfield([]), **question}}


def video(**value):
    return "video", {**VIDEO, **value}


def form(activity, **more):
    data = {"title": "Draft", "slug": "draft", "minutes": "5", "comments": inline_formset([]), **more}
    return nested_form_data({**data, "activity": streamfield([activity])})


def add(admin, section, activity, **more):
    url = reverse("wagtailadmin_pages:add", args=("courses", "lessonpage", section.pk))
    return admin.post(url, form(activity, **more), follow=True)


def draft():
    return LessonPage.objects.filter(title="Draft").first()


HALF_WRITTEN = {
    "a quiz without options": (quiz(), "at least two options"),
    "a quiz without a text": (quiz(text=""), "required"),
    "a quiz of several without a right one": (quiz(kind="multi"), "mark the right ones"),
    "a text question without an answer": (quiz(kind="text"), "at least one accepted answer"),
    "a number without a number": (quiz(kind="number"), "at least one accepted answer"),
    "a quiz without points or terms": (
        ("quiz", {**QUIZ, "pass_percent": "", "questions-0-value": {**QUESTION, "points": "", "accepted": streamfield([])}}),
        "required",
    ),
    "a quiz without questions": (("quiz", {**QUIZ, "questions-count": "0"}), "minimum number of items"),
    "a video of nothing": (video(duration_seconds="60"), "Choose a film"),
    "a video of YouTube": (
        video(url="https://www.youtube.com/watch?v=abc", duration_seconds="60"), "Upload the film to the library",
    ),
    "a video of unknown length": (video(url="https://example.org/a.mp4"), "How long is it"),
    "a PDF without a file": (("pdf", {"file": "", "introduction": rich_text("")}), "required"),
    "a text without a word": (("text", {"text": rich_text("")}), "Nothing is written here yet"),
}  # fmt: skip


@pytest.mark.parametrize("name", HALF_WRITTEN)
def test_what_is_half_written_saves_previews_and_is_not_published(admin, section, name):
    activity, fault = HALF_WRITTEN[name]

    refused = add(admin, section, activity, **{"action-publish": "1"}).content.decode()
    never_made = draft()
    add(admin, section, activity)
    saved = draft()
    edit = reverse("wagtailadmin_pages:edit", args=[saved.pk])
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[saved.pk])
    admin.post(edit, form(activity))
    available = admin.post(preview, form(activity)).json()
    shown = admin.get(preview)

    assert fault in refused
    assert never_made is None
    assert not saved.live
    assert admin.get(edit).status_code == 200
    assert available == {"is_valid": True, "is_available": True}
    assert shown.status_code == 200


@pytest.mark.parametrize("name", HALF_WRITTEN)
def test_it_is_not_published_past_the_form_either(admin, section, name):
    activity, _ = HALF_WRITTEN[name]
    add(admin, section, activity)
    lesson = draft()

    with pytest.raises(NotReady, match="can't be published yet"):
        lesson.get_latest_revision().publish()

    assert not LessonPage.objects.get(pk=lesson.pk).live


def test_every_missing_thing_is_named_with_its_place(admin, section):
    more = {
        "questions-count": "2", "questions-1-deleted": "", "questions-1-order": "1", "questions-1-type": "item",
        "questions-1-id": "",
    }  # fmt: skip
    blank = {**QUESTION, "accepted": streamfield([])}
    two = {**QUIZ, **more, "questions-0-value": {**blank, "text": ""}, "questions-1-value": {**blank, "kind": "text"}}
    add(admin, section, ("quiz", two))

    with pytest.raises(NotReady) as refused:
        draft().get_latest_revision().publish()

    message = refused.value.message
    assert "Questions 1, text: This field is required." in message
    assert "Questions 1, options: Give at least two options" in message
    assert "Questions 2, accepted: Give at least one accepted answer." in message


def test_a_list_of_pages_publishes_nothing_half_written_and_says_why(admin, section):
    add(admin, section, quiz())
    url = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "publish"))

    response = admin.post(f"{url}?id={draft().pk}", follow=True)

    assert "can&#x27;t be published yet" in response.content.decode()
    assert not draft().live


def test_the_clock_publishes_nothing_half_written(admin, section):
    add(admin, section, quiz())
    revision = draft().get_latest_revision()
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=clock.now() - timedelta(minutes=1))

    tasks.publish_scheduled.run()

    assert not draft().live


# --- Films ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("file", "url", "fault"),
    [
        ("fold.mp4", "", ""),
        ("FOLD.WEBM", "", ""),
        ("fold.mov", "", "file"),
        ("fold.pdf", "https://example.org/a.mp4", "file"),
        ("", "", "missing"),
        ("", "https://example.org/films/a.mp4?signature=x.y", ""),
        ("", "https://example.org/a%20fold.WebM#t=10", ""),
        ("", "https://example.org/a.mp4/", ""),
        ("", "https://example.org/watch", "address"),
        ("", "https://example.org/?file=a.mp4", "address"),
        ("", "ftp://example.org/a.mp4", "address"),
        ("", "https://youtu.be/abc", "site"),
        ("", "https://m.youtube.com/watch?v=abc.mp4", "site"),
        ("", "https://player.vimeo.com/video/1", "site"),
        ("", "https://notyoutube.com/a.mp4", ""),
    ],
)
def test_only_what_a_browser_plays_is_a_film(file, url, fault):
    assert rules.fault(file=file, url=url) == fault


def test_the_length_of_a_film_is_read_from_its_file(admin, section, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    film = AcademyDocument.objects.create(
        title="Folds", file=ContentFile(loader.read_file("north", "videos", "four-folds.webm"), "folds.webm")
    )

    add(admin, section, video(file=str(film.pk)), **{"action-publish": "1"})

    assert draft().live
    assert draft().value["duration_seconds"] == 36


def test_the_length_is_read_past_the_form_too(admin, section, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    film = AcademyDocument.objects.create(
        title="Folds", file=ContentFile(loader.read_file("north", "videos", "four-folds.webm"), "folds.webm")
    )
    add(admin, section, video(file=str(film.pk)))

    draft().get_latest_revision().publish()

    assert draft().live
    assert draft().value["duration_seconds"] == 36


def test_a_file_that_tells_no_length_needs_one(admin, section, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    film = AcademyDocument.objects.create(title="Folds", file=ContentFile(b"no film at all", "folds.mp4"))

    refused = add(admin, section, video(file=str(film.pk)), **{"action-publish": "1"})
    Path(film.file.path).unlink()
    gone = add(admin, section, video(file=str(film.pk)), **{"action-publish": "1"})
    add(admin, section, video(file=str(film.pk), duration_seconds="42"), **{"action-publish": "1"})

    assert "How long is it" in refused.content.decode()
    assert "How long is it" in gone.content.decode()
    assert draft().value["duration_seconds"] == 42


def test_empty_options_are_left_out(admin, section):
    written = {}
    for number, (text, right) in enumerate([("Bread flour", "on"), ("", ""), ("Cake flour", "")]):
        at = f"options-{number}"
        written |= {f"{at}-deleted": "", f"{at}-order": str(number), f"{at}-type": "item", f"{at}-id": ""}
        written |= {f"{at}-value-text": text, **({f"{at}-value-right": right} if right else {})}

    add(admin, section, quiz(**{**written, "options-count": "3"}), **{"action-publish": "1"})

    questions, key = draft().kind.quiz.make_questions(draft().value, 1)
    assert {option["text"] for option in questions[0]["options"]} == {"Bread flour", "Cake flour"}
    assert len(next(iter(key["questions"].values()))["right"]) == 1
