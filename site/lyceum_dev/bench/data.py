"""The academy of the benchmark: 200 courses with pictures, plans, lessons, and people who are signed in.

Created in bulk, since publishing 1,600 pages one by one takes minutes, and kept between runs. Each run creates new people,
because a free plan can be taken once per person.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import cycle, islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import models, transaction
from PIL import Image
from wagtail.models import Locale, Page

from academies.journal import actions as journal
from academies.journal.models import Entry
from academies.people import tokens
from academies.people.models import SignIn, User
from academies.tenants import actions as tenants
from academies.tenants import cache_version
from academies.tenants.context import inside
from catalog.courses.models import (
    Category,
    CourseIndexPage,
    CourseInstructor,
    CoursePage,
    Instructor,
    LessonPage,
    SectionPage,
)
from catalog.library.models import AcademyImage, Rendition
from catalog.library.rules import COVER
from commerce.enrolments import actions as enrolments
from commerce.learning.models import Progress
from commerce.plans.models import Plan
from home.pages.models import HomePage
from lyceum_dev.bench import HOST, SCHEMA
from lyceum_dev.demo import loader, prose

COURSES, SECTIONS, LESSONS, FREE = 200, 2, 3, 60
LEARNERS, BUYERS = 50, 400
VIDEO_SECONDS = 360_000
DONE, VERSION = "bench.planted", 1
WORDS = "## A heading\n\n" + "Most of what goes wrong goes wrong because somebody looked at the clock. " * 25


@dataclass(frozen=True)
class Person:
    key: uuid.UUID
    token: str


@dataclass(frozen=True)
class Measured:
    """The objects that requests use. video: the lesson for progress reports.  free_plans: slugs."""

    course_path: str
    video: int
    learners: list[Person]
    buyers: list[Person]
    free_plans: list[str]


def prepare(*, now: datetime, say: Callable[[str], None]) -> Measured:
    """Create what is missing, and new people. Half a minute the first time, then a second or two."""
    tenants.provision(spec=tenants.AcademySpec(schema=SCHEMA, name="The Bench", hosts=(HOST,), currency="GBP"))
    with inside(SCHEMA):
        if not Entry.objects.filter(verb=DONE, details__version=VERSION).exists():
            say(f"  making an academy with {COURSES} courses and their pictures; kept for the next run")
            _create_content(now)
        first = CoursePage.objects.order_by("path").first()
        video = LessonPage.objects.descendant_of(first).order_by("path").first()
        measured = Measured(
            course_path=first.get_url(),
            video=video.pk,
            learners=_people(LEARNERS, "learner", now),
            buyers=_people(BUYERS, "buyer", now),
            free_plans=[f"free-{number}" for number in range(FREE)],
        )
        _enrol(measured.learners, first, video, now)
        cache_version.bump()
    return measured


@transaction.atomic
def _create_content(now: datetime) -> None:
    home, listed = HomePage.objects.get(), CourseIndexPage.objects.get()
    categories = [Category.objects.create(name=f"Subject {n}", slug=f"subject-{n}") for n in range(6)]
    teachers = [Instructor.objects.create(name=f"Teacher {n}", slug=f"teacher-{n}", role="Teacher") for n in range(8)]
    covers = _covers()
    north = loader.load("north").courses
    courses = [
        _course(number, content, cover, category)
        for number, content, cover, category in zip(
            range(COURSES), cycle(north), covers, cycle(categories), strict=False
        )
    ]
    _insert_below([(listed, courses)], now)
    sections = [
        (course, [SectionPage(title=f"Part {n}", slug=f"part-{n}") for n in range(SECTIONS)]) for course in courses
    ]
    _insert_below(sections, now)
    _insert_below([(section, _lessons()) for _, children in sections for section in children], now)
    CourseInstructor.objects.bulk_create(
        CourseInstructor(course=course, instructor=teacher, sort_order=0)
        for course, teacher in zip(courses, cycle(teachers), strict=False)
    )
    _plans(courses)
    journal.record(DONE, of=home, at=now, version=VERSION)


def _covers() -> list[AcademyImage]:
    """Create the demo's pictures with their renditions, and a copy for each course that shares the files."""
    folder = loader.FOLDER / "north" / "pictures"
    originals = []
    for file in sorted(file for file in folder.glob("*.jpg") if "face" not in file.name):
        name, body = file.stem, file.read_bytes()
        width, height = Image.open(BytesIO(body)).size
        image = AcademyImage.objects.create(
            title=f"Bench {name}",
            description=name,
            file=ContentFile(body, name=f"bench-{name}.jpg"),
            width=width,
            height=height,
            file_size=len(body),
        )
        image.get_renditions(*COVER.values())
        originals.append(image)
    copies = AcademyImage.objects.bulk_create(
        _copy(image, title=f"Bench {number}") for number, image in zip(range(COURSES), cycle(originals), strict=False)
    )
    sizes = {image.pk: list(Rendition.objects.filter(image=image)) for image in originals}
    Rendition.objects.bulk_create(
        _copy(size, image=copy)
        for copy, original in zip(copies, cycle(originals), strict=False)
        for size in sizes[original.pk]
    )
    return copies


def _copy(row: Any, **changed: Any) -> Any:
    """Return an unsaved copy of a row without its primary key, with some fields changed."""
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    for name, value in changed.items():
        field = row._meta.get_field(name)
        values[field.attname] = value.pk if isinstance(value, models.Model) else value
    return type(row)(**values)


def _course(number: int, course: loader.Course, cover: AcademyImage, category: Category) -> CoursePage:
    return CoursePage(
        title=f"{course.title}, no. {number}",
        slug=f"{course.slug}-{number}",
        cover=cover,
        category=category,
        description=prose.html(course.description),
        outcomes=[("outcome", outcome) for outcome in course.outcomes],
        faq=[("question", dict(entry)) for entry in course.faq],
        **course.terms,
    )


def _lessons() -> list[LessonPage]:
    words = prose.html(WORDS)
    video = {"url": "https://example.org/a.webm", "duration_seconds": VIDEO_SECONDS, "must_watch_percent": 90}
    values = [("video", video), *[("text", {"text": words})] * (LESSONS - 1)]
    return [
        LessonPage(
            title=f"Lesson {number}",
            slug=f"lesson-{number}",
            free_preview=number == 1,
            activity=[{"type": kind, "value": value, "id": str(uuid.uuid4())}],
        )
        for number, (kind, value) in enumerate(values)
    ]


def _insert_below(families: Sequence[tuple[Page, list[Any]]], now: datetime) -> None:
    """Bulk-insert pages of one type below their parents, first the rows of `Page`, then those of the type."""
    children = [child for parent, below in families for child in _set_tree_fields(parent, below, now)]
    model = type(children[0])
    manager, base = model._base_manager, Page._base_manager
    columns = [field for field in Page._meta.local_concrete_fields if not field.primary_key]
    keys = base._insert(children, fields=columns, returning_fields=[Page._meta.pk], using=base.db)
    for child, (key,) in zip(children, keys, strict=True):
        child.pk = child.id = child.page_ptr_id = key
        child._state.adding = False
    manager._insert(children, fields=model._meta.local_concrete_fields, using=manager.db)
    for parent, below in families:
        parent.numchild += len(below)
    Page.objects.bulk_update([Page(pk=parent.pk, numchild=parent.numchild) for parent, _ in families], ["numchild"])


def _set_tree_fields(parent: Page, below: list[Any], now: datetime) -> list[Any]:
    locale, kind = Locale.get_active(), ContentType.objects.get_for_model(below[0])
    for number, child in enumerate(below, parent.numchild + 1):
        child.path, child.depth = Page._get_path(parent.path, parent.depth + 1, number), parent.depth + 1
        child.url_path, child.draft_title = f"{parent.url_path}{child.slug}/", child.title
        child.locale, child.content_type, child.live = locale, kind, True
        child.first_published_at = child.last_published_at = now
    return below


def _plans(courses: list[CoursePage]) -> None:
    paid = [Plan(slug=course.slug, title=course.title, price_minor=2900, currency="GBP") for course in courses]
    free = [Plan(slug=f"free-{n}", title=f"Free {n}", price_minor=0, currency="GBP") for n in range(FREE)]
    Plan.objects.bulk_create([*paid, *free])
    opens = Plan.courses.through
    opened = [*zip(paid, courses, strict=True), *zip(free, islice(courses, FREE), strict=True)]
    opens.objects.bulk_create(opens(plan=plan, coursepage=course) for plan, course in opened)


def _people(count: int, role: str, now: datetime) -> list[Person]:
    run = uuid.uuid4().hex[:8]
    people = User.objects.bulk_create(
        User(email=f"{role}-{run}-{n}@bench.example", full_name=f"Ben Ch {n}", password="!") for n in range(count)
    )
    places = SignIn.objects.bulk_create(
        SignIn(person=person, user_agent="bench", created_at=now, last_used_at=now) for person in people
    )
    return [
        Person(place.person_id, tokens.issue(person_id=place.person_id, sign_in_id=place.pk, academy=SCHEMA, now=now))
        for place in places
    ]


def _enrol(learners: list[Person], course: CoursePage, video: LessonPage, now: datetime) -> None:
    """Enrol learners with progress begun twelve hours ago, so that their reports aren't refused as too fast."""
    began = now - timedelta(hours=12)
    for person in User.objects.filter(pk__in=[learner.key for learner in learners]):
        enrolments.grant(
            person=person, course_key=course.translation_key, source="bench", starts_at=now, ends_at=None, now=now
        )
        enrolment = enrolments.enrol(person=person, course=course, now=now)
        Progress.objects.get_or_create(
            enrolment=enrolment, lesson_key=video.translation_key, defaults={"started_at": began, "updated_at": began}
        )
