"""Reads about learning: somebody's place in a lesson, progress in an outline, how a course stands, attempts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, FilteredRelation, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject, Left, Length
from wagtail.models import Page, ReferenceIndex

from academies.people.models import User
from catalog.activities.registry import Completion, kinds
from catalog.courses.models import CoursePage, LessonPage
from catalog.library import queries as library
from catalog.library.models import AcademyDocument
from commerce.enrolments.models import Enrolment, Entitlement
from commerce.learning.models import Attempt, Progress

_STEP = Page.steplen
ATTENDING = (Enrolment.Status.ACTIVE, Enrolment.Status.COMPLETED)


@dataclass(frozen=True)
class Place:
    """Somebody's place in a lesson.

    enrolment: active or completed, or None.  is_open: whether a live entitlement opens the course.  progress: None
    before they began.
    """

    lesson: LessonPage
    enrolment: Enrolment | None
    is_open: bool
    progress: Progress | None


def place(person: User, lesson_id: int, now: datetime) -> Place | None:
    """Return a person's place in a live lesson, or None when there is no such lesson. Two queries, however long."""
    course_key = Page.objects.filter(path=_above(OuterRef("path"), 2)).values("translation_key")
    lesson = (
        LessonPage.objects.live()
        .filter(pk=lesson_id)
        .only("path", "translation_key", "title", "minutes", "free_preview", "activity")
        .annotate(course_key=Subquery(course_key))
        .first()
    )
    return place_in(person, lesson, lesson.course_key, now) if lesson else None


def place_in(person: User, lesson: LessonPage, course_key: UUID, now: datetime) -> Place:
    opening = Entitlement.objects.live(now).filter(person=person).opening(course_key)
    enrolment = (
        Enrolment.objects.filter(person=person, course_key=course_key, status__in=ATTENDING)
        .annotate(
            is_open=Exists(opening),
            mine=FilteredRelation("progress", condition=Q(progress__lesson_key=lesson.translation_key)),
        )
        .select_related("mine")  # type: ignore[misc]
        .first()
    )
    if enrolment is None:
        return Place(lesson, None, False, None)
    return Place(lesson, enrolment, enrolment.is_open, getattr(enrolment, "mine", None))


def _above(path: Any, levels: int) -> Func:
    """Return the path of the page so many levels above."""
    return Left(path, Length(path) - levels * _STEP)


def path_above(path: str, levels: int) -> str:
    return path[: -levels * _STEP]


def course_path(lesson: Page) -> str:
    return path_above(lesson.path, 2)


def course_at(path: str) -> CoursePage | None:
    return CoursePage.objects.filter(path=path).first()


def under_way(course_key: UUID) -> QuerySet[Enrolment]:
    """Return the enrolments in a course with something done and something left."""
    done = Progress.objects.filter(enrolment=OuterRef("pk"), completed_at__isnull=False)
    return Enrolment.objects.filter(Exists(done), course_key=course_key, status=Enrolment.Status.ACTIVE)


def is_under_way(course_key: UUID) -> bool:
    return under_way(course_key).exists()


def lesson_of_key(key: UUID) -> LessonPage | None:
    """Return the lesson of a translation key: a live one before the others, the oldest of its languages."""
    return LessonPage.objects.filter(translation_key=key).order_by("-live", "pk").first()


def lessons_under(*paths: str) -> QuerySet[LessonPage]:
    """Return the lessons that the outlines of courses show: live, in a live section."""
    hidden = Page.objects.filter(path=_above(OuterRef("path"), 1), live=False)
    below = reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk__in=[]))
    return LessonPage.objects.live().filter(below, ~Exists(hidden))


@dataclass(frozen=True)
class Standing:
    """How far an enrolment is in the course as it is published now: (complete, all) lessons and quizzes."""

    rule: str
    needed_percent: int
    lessons: tuple[int, int]
    quizzes: tuple[int, int]


def standing(enrolment: Enrolment, path: str) -> Standing | None:
    """Count in one query; None when there is no course at the path."""
    complete = Progress.objects.filter(
        enrolment=enrolment, lesson_key=OuterRef("translation_key"), completed_at__isnull=False
    )
    quiz = Q(activity__0__type__in=[kind.name for kind in kinds().values() if kind.completion == Completion.PASSED])
    done = Q(is_complete=True)
    counted = (
        lessons_under(path)
        .order_by()
        .annotate(is_complete=Exists(complete))
        .values(together=Value(1))
        .annotate(
            counts=JSONObject(
                lessons=Count("pk"),
                lessons_done=Count("pk", filter=done),
                quizzes=Count("pk", filter=quiz),
                quizzes_done=Count("pk", filter=quiz & done),
            )
        )
        .values("counts")
    )
    row = (
        CoursePage.objects.filter(path=path)
        .values("completion_rule", "completion_percent", counts=Subquery(counted))
        .first()
    )
    if row is None:
        return None
    counts = row["counts"] or dict.fromkeys(("lessons", "lessons_done", "quizzes", "quizzes_done"), 0)
    return Standing(
        rule=row["completion_rule"],
        needed_percent=row["completion_percent"],
        lessons=(counts["lessons_done"], counts["lessons"]),
        quizzes=(counts["quizzes_done"], counts["quizzes"]),
    )


def progress_by_lesson(enrolment: Enrolment, keys: Iterable[UUID] | None = None) -> dict[UUID, Progress]:
    found = Progress.objects.filter(enrolment=enrolment).defer("ranges")
    if keys is not None:
        found = found.filter(lesson_key__in=list(keys))
    return {progress.lesson_key: progress for progress in found}


def pages_of(keys: Iterable[UUID]) -> dict[UUID, int]:
    """Return the lesson pages of translation keys, in one query; live ones win over others, older ones over newer."""
    rows = LessonPage.objects.filter(translation_key__in=list(keys)).order_by("live", "-pk")
    return dict(rows.values_list("translation_key", "pk"))


def progress_by_page(enrolment: Enrolment) -> dict[int, Progress]:
    """Return what was begun, by the id of the lesson's page. Two queries."""
    begun = progress_by_lesson(enrolment)
    pages = pages_of(begun)
    return {pages[key]: progress for key, progress in begun.items() if key in pages}


@dataclass(frozen=True)
class Next:
    """Where a learner goes on in a course."""

    title: str
    url: str
    touched_at: datetime | None


def next_lessons(enrolments: Iterable[Enrolment]) -> dict[UUID, Next]:
    """Return where each enrolment goes on, by its id: the open lesson touched last, else the first open one.

    Courses must be loaded with the enrolments; those without one, or with nothing left to do, are missing. Two queries.
    """
    courses = {enrolment.course.path: enrolment for enrolment in enrolments if enrolment.course}
    begun = {
        (progress.enrolment_id, progress.lesson_key): progress
        for progress in Progress.objects.filter(enrolment__in=list(courses.values())).defer("ranges")
    }
    found: dict[UUID, Next] = {}
    lessons = lessons_under(*courses).order_by("path").values_list("path", "url_path", "title", "translation_key")
    for path, url_path, title, key in lessons:
        enrolment = courses[path[: -2 * _STEP]]
        progress = begun.get((enrolment.pk, key))
        touched_at = progress.updated_at if progress else None
        if (progress and progress.completed_at) or not _is_nearer(touched_at, found.get(enrolment.pk)):
            continue
        course = enrolment.course
        address = (course.get_url() or "") + url_path[len(course.url_path) :] if course else ""
        found[enrolment.pk] = Next(title, address, touched_at)
    return found


def _is_nearer(touched_at: datetime | None, best: Next | None) -> bool:
    if best is None:
        return True
    return touched_at is not None and (best.touched_at is None or touched_at > best.touched_at)


def attempts(enrolment: Enrolment, lesson_key: UUID) -> QuerySet[Attempt]:
    return Attempt.objects.filter(enrolment=enrolment, lesson_key=lesson_key).order_by("number")


@dataclass(frozen=True)
class QuizState:
    """What a learner did in a quiz so far.  left: attempts that are left, None without a limit."""

    open: Attempt | None
    best: Attempt | None
    used: int
    left: int | None


def quiz_state(enrolment: Enrolment, lesson: LessonPage) -> QuizState:
    made = list(attempts(enrolment, lesson.translation_key).defer("paper", "key", "answers"))
    finished = [attempt for attempt in made if attempt.status != Attempt.Status.STARTED]
    allowed = lesson.value["attempts_allowed"]
    return QuizState(
        open=next((attempt for attempt in made if attempt.status == Attempt.Status.STARTED), None),
        best=max(finished, key=lambda attempt: (attempt.passed, attempt.percent), default=None),
        used=len(made),
        left=max(0, allowed - len(made)) if allowed else None,
    )


def is_public(document: AcademyDocument) -> bool:
    """Answer whether anybody may read a document: it is in the public collection."""
    return library.in_public_collections(AcademyDocument.objects.filter(pk=document.pk)).exists()


def lessons_using(document: AcademyDocument) -> list[LessonPage]:
    """Return the live lessons that point at a document, by Wagtail's index of references."""
    lesson = ContentType.objects.get_for_model(LessonPage)
    used = ReferenceIndex.get_references_to(document).filter(content_type=lesson)
    return list(LessonPage.objects.live().filter(pk__in=set(used.values_list("object_id", flat=True))))


def report(attempt: Attempt) -> list[dict[str, Any]]:
    """Return, a question, what the feedback policy of the attempt lets its learner know; nothing while it is open."""
    exam = kinds()[attempt.key["kind"]].exam
    if exam is None or attempt.status == Attempt.Status.STARTED:
        return []
    return exam.report(attempt.paper, attempt.key, attempt.answers)


def own_attempt(person: User, attempt_id: UUID) -> Attempt | None:
    found = Attempt.objects.select_related("enrolment").filter(pk=attempt_id, enrolment__person=person)
    return found.first()
