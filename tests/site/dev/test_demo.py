"""Demo: its content follows its contract, and interrupted seeding resumes."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from wagtail.models import Page

from academies.kernel import clock
from academies.notifications.models import Delivery
from academies.outbox import actions as outbox
from academies.people.models import User
from academies.people.roles import ROLES
from academies.tenants.context import inside
from catalog.activities import registry
from catalog.courses.models import CoursePage, LessonPage
from catalog.events.models import EventPage
from catalog.library.models import AcademyDocument
from catalog.offerings.models import Offering
from commerce.checkout.models import Order
from commerce.enrolments.models import Enrolment
from commerce.plans.models import Plan
from lyceum_dev.demo import loader, prose, run, seeding
from lyceum_dev.demo.seeding import academy as academy_seeding
from lyceum_dev.demo.seeding import courses as courses_seeding
from lyceum_dev.demo.seeding import events as events_seeding
from lyceum_dev.demo.seeding import payments

CONTENTS = [loader.load(schema) for schema in loader.SCHEMAS]
COURSES = [(content, course) for content in CONTENTS for course in content.courses]
LESSONS = [
    (content, course, lesson)
    for content, course in COURSES
    for section in course.sections
    for lesson in section.lessons
]


def _lesson_name(value: object) -> str:
    return value.title if isinstance(value, loader.Lesson) else ""


@pytest.mark.parametrize(("content", "course"), COURSES, ids=lambda value: getattr(value, "slug", ""))
def test_a_course_fits_its_page(content, course):
    people = {item.slug for item in content.instructors}

    assert len(course.terms["summary"]) <= 250
    assert all(len(outcome) <= 150 for outcome in course.outcomes)
    assert set(course.instructors) <= people
    assert course.category in {item.slug for item in content.categories}
    assert loader.read_file(content.academy.schema, "pictures", course.picture.file)[:2] == b"\xff\xd8"
    assert any(lesson.free_preview for section in course.sections for lesson in section.lessons)


@pytest.mark.parametrize(("content", "course", "lesson"), LESSONS, ids=_lesson_name)
def test_a_lesson_has_something_to_say(content, course, lesson):
    assert lesson.kind in registry.kinds()
    if lesson.kind == "text":
        assert 150 <= len(lesson.content["text"].split()) <= 400
        assert "<h2>" in prose.html(lesson.content["text"])
    if lesson.kind == "video":
        video = lesson.content["video"]
        assert loader.read_file(content.academy.schema, "videos", video)[:4] == b"\x1aE\xdf\xa3"
        captions = video.replace(".webm", ".vtt")
        assert loader.read_file(content.academy.schema, "videos", captions).startswith(b"WEBVTT")
        assert lesson.content["transcript"].strip()
    if lesson.kind == "pdf":
        sheet = lesson.content["sheet"]
        assert sheet["title"]
        assert loader.read_file(content.academy.schema, "sheets", sheet["file"]).startswith(b"%PDF")


QUESTIONS = [
    (lesson, question) for _, _, lesson in LESSONS if lesson.kind == "quiz" for question in lesson.content["questions"]
]


@pytest.mark.parametrize(("lesson", "question"), QUESTIONS, ids=lambda value: "")
def test_a_question_can_be_answered(lesson, question):
    kind, options = question.get("kind", "single"), question.get("options", [])

    assert question["feedback"]
    if kind in ("number", "text"):
        assert question["accepted"]
        assert kind == "text" or [float(text) for text in question["accepted"]]
        return
    assert len(set(options)) == len(options) >= 2
    assert set(question["right"]) <= set(range(1, len(options) + 1))
    assert len(question["right"]) == 1 if kind == "single" else 1 <= len(question["right"]) < len(options)


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: content.academy.schema)
def test_everything_named_is_there(content):
    courses = {course.slug for course in content.courses}
    people, places = {item.slug for item in content.instructors}, {item.slug for item in content.venues}

    assert {person.role for person in content.people} <= {role.name for role in ROLES}
    assert all(set(plan.courses) <= courses and (plan.courses or plan.all_courses) for plan in content.plans)
    assert courses == {slug for plan in content.plans for slug in plan.courses}
    for event in content.events:
        assert set(event.speakers) <= people
        assert event.venue in places if event.attendance == "in_person" else not event.venue


@pytest.fixture
def without_renditions(monkeypatch, settings, tmp_path):
    """No sizes of pictures: making them is measured elsewhere."""
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr("lyceum_dev.demo.seeding.academy.outbox.drain", lambda: 0)


def _plant(schema: str, now=None) -> None:
    seeding.seed(schema, now=now or clock.now(), say=lambda line: None)


@pytest.mark.slow
def test_northlight_is_what_the_contract_says(north, without_renditions):
    _plant("north")

    with inside("north"):
        sourdough = CoursePage.objects.live().get(slug="sourdough")
        lessons = list(LessonPage.objects.live().descendant_of(sourdough).order_by("path"))
        assert [sourdough.get_children().count(), len(lessons)] == [2, 6]
        assert {lesson.kind.name for lesson in lessons} == {"text", "video", "pdf", "quiz"}
        assert [lesson.free_preview for lesson in lessons] == [True] + [False] * 5
        prices = {plan.slug: (plan.price_minor, plan.currency, plan.interval) for plan in Plan.objects.all()}
        assert prices["sourdough"] == (4900, "GBP", "once")
        assert prices["kneading-basics"] == (0, "GBP", "once")
        assert prices["bakers-club"] == (1500, "GBP", "month")
        assert Plan.objects.get(slug="bakers-club").all_courses
        evening = EventPage.objects.live().get(slug="open-kitchen-evening").offerings.get()
        assert (evening.price_minor, evening.seats, evening.waiting_list) == (0, 20, True)
        assert (evening.starts_at.date() - clock.now().date()).days == 14
        workshop = EventPage.objects.live().get(slug="croissant-workshop").offerings.get()
        assert (workshop.price_minor, workshop.seats, workshop.currency) == (3500, 8, "GBP")
        assert not Offering.objects.filter(starts_at__lte=clock.now()).exists()
        assert not Enrolment.objects.exists()
        assert not Order.objects.exists()
        assert authenticate(username="learner@north.example", password="lyceum-demo-1")
        assert set(AcademyDocument.objects.values_list("collection__name", flat=True)) == {"Lessons"}


@pytest.mark.slow
def test_southbank_is_what_the_contract_says(south, without_renditions):
    _plant("south")

    with inside("south"):
        statistics = CoursePage.objects.live().get(slug="statistics-from-scratch")
        assert statistics.gives_certificate
        assert statistics.cpd_credits == 2
        assert Plan.objects.get(slug="statistics-from-scratch").price_minor == 0
        webinar = EventPage.objects.live().get(slug="reading-dashboards")
        assert webinar.attendance == "online"
        assert (webinar.offerings.get().price_minor, webinar.offerings.get().cpd_minutes) == (0, 60)


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: content.academy.schema)
def test_the_table_names_every_account_and_where_emails_are(content):
    assert [person.email for person in content.people if person.email not in run.TABLE] == []
    assert "{mail}" in run.TABLE


def test_planting_writes_to_nobody(north, without_renditions, monkeypatch):
    specs = []
    monkeypatch.setattr(academy_seeding.loader, "load", _first_course_and_event)
    monkeypatch.setattr(academy_seeding.tenants, "provision", lambda spec: specs.append(spec))

    _plant("north")

    assert [spec.owner_email for spec in specs] == [""]
    with inside("north"):
        assert authenticate(username="owner@north.example", password="lyceum-demo-1").groups.get().name == "Owner"
        outbox.sweep(now=clock.now())
        assert not Delivery.objects.exists()


def test_planting_again_adds_nothing(north, without_renditions, monkeypatch):
    monkeypatch.setattr(academy_seeding.loader, "load", _first_course_and_event)
    _plant("north")
    with inside("north"):
        before = sorted(Page.objects.values_list("pk", "latest_revision_id"))

    assert not seeding.needs_seeding("north")
    _plant("north")

    with inside("north"):
        assert sorted(Page.objects.values_list("pk", "latest_revision_id")) == before


_load = loader.load


def _first_course_and_event(schema: str) -> loader.Content:
    whole = _load(schema)
    courses = tuple(course for course in whole.courses if course.slug == "kneading-basics")
    return loader.Content(**{**vars(whole), "courses": courses, "events": whole.events[:1]})


def test_planting_that_was_stopped_is_completed(north, without_renditions, monkeypatch):
    monkeypatch.setattr(academy_seeding.loader, "load", _first_course_and_event)
    publish, published = courses_seeding.publish, []

    def stopping(page, parent, editor):
        published.append(page)
        if len(published) == 5:
            raise KeyboardInterrupt
        return publish(page, parent, editor)

    monkeypatch.setattr(courses_seeding, "publish", stopping)
    with pytest.raises(KeyboardInterrupt):
        _plant("north")
    with inside("north"):
        assert not CoursePage.objects.exists()
    assert seeding.needs_seeding("north")

    _plant("north")

    with inside("north"):
        assert LessonPage.objects.live().count() == 3
    assert not seeding.needs_seeding("north")


def test_somebody_s_own_password_outlives_planting(north, without_renditions, monkeypatch):
    monkeypatch.setattr(academy_seeding.loader, "load", _first_course_and_event)
    with inside("north"):
        User.objects.create_user("learner@north.example", "My-own-1", full_name="Me Myself")

    _plant("north")

    with inside("north"):
        assert authenticate(username="learner@north.example", password="My-own-1").full_name == "Me Myself"


def test_dates_that_have_passed_move_on_and_keep_their_seats(north, without_renditions, monkeypatch):
    monkeypatch.setattr(academy_seeding.loader, "load", _first_course_and_event)
    now = clock.now()
    _plant("north", now)
    with inside("north"):
        before = Offering.objects.get()
        assert seeding.move_past_events("north", now=now) == 0

    moved = seeding.move_past_events("north", now=now + timedelta(days=15))

    with inside("north"):
        after = Offering.objects.get()
    assert moved == 1
    assert after.pk == before.pk
    assert after.starts_at.date() == before.starts_at.date() + timedelta(days=15)


def test_a_day_is_counted_from_today_and_moved_to_its_weekday():
    from datetime import date
    from zoneinfo import ZoneInfo

    saturday = loader.Offering(days=23, at="10:00", minutes=60, weekday=5)

    begins = events_seeding.begins(saturday, date(2026, 3, 2), ZoneInfo("Europe/London"))

    assert begins.isoformat() == "2026-03-28T10:00:00+00:00"


def test_payments_are_connected_once_and_again_at_another_address(north, settings, tmp_path):
    settings.DEMO, settings.DEMO_DIR, settings.STRIPE_API_BASE = True, tmp_path, "http://127.0.0.1:1"
    with payments.standin():
        assert not payments.is_connected("north")
    assert payments.connect_missing(["north"], now=clock.now()) == ["north"]

    assert payments.connect_missing(["north"], now=clock.now()) == []
    with payments.standin():
        assert payments.is_connected("north")
        settings.PUBLIC_PORT = "8100"
        assert not payments.is_connected("north")
    assert settings.STRIPE_API_BASE == "http://127.0.0.1:1"


def test_the_committed_pictures_videos_and_sheets_stay_small():
    files = [file for name in ("pictures", "videos", "sheets") for file in loader.FOLDER.glob(f"*/{name}/*")]

    assert len(files) > 40
    assert sum(file.stat().st_size for file in files) <= 2_000_000
