"""Reads across the course tree: the syllabus, public courses, the list of courses."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.core.paginator import Paginator
from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, Sum, Value
from django.db.models.functions import Left, Length
from wagtail.models import Page

from catalog.activities import registry
from catalog.api.search import autocomplete, search
from catalog.courses.models import Category, CoursePage, Instructor, LessonPage, SectionPage
from catalog.courses.types import LessonKind, Outline, OutlineLesson, OutlineSection, Parts
from catalog.library.models import Rendition
from catalog.library.rules import CARD
from catalog.library.visibility import public

PER_PAGE = 12
_STEP = CoursePage.steplen
# The kind is read from the stored stream; building its blocks would cost a query for every picture and file in it.
_KIND = Func(
    F("activity"), Value("0"), Value("type"), function="jsonb_extract_path_text", output_field=CharField()
)  # fmt: skip


# --- The syllabus ---------------------------------------------------------------------------------------------------
def outline(course: CoursePage) -> Outline:
    """Return the live sections and lessons of a course, in the editor's order. Two queries, whatever their number."""
    below: dict[str, Any] = {"path__startswith": course.path, "live": True}
    sections = SectionPage.objects.filter(depth=course.depth + 1, **below).order_by("path")
    lessons = LessonPage.objects.filter(depth=course.depth + 2, **below).order_by("path")
    address = course.get_url() or ""
    taught: dict[str, list[OutlineLesson]] = defaultdict(list)
    for path, url_path, kind, *row in lessons.values_list(
        "path", "url_path", _KIND, "pk", "translation_key", "title", "slug", "minutes", "free_preview"
    ):
        pk, key, title, slug, minutes, free = row
        url = address + url_path[len(course.url_path) :]
        taught[path[:-_STEP]].append(OutlineLesson(pk, key, title, slug, _kind(kind or ""), minutes, free, url))
    return Outline(
        course_key=course.translation_key,
        sections=tuple(
            OutlineSection(pk, title, slug, summary, tuple(taught[path]))
            for path, pk, title, slug, summary in sections.values_list("path", "pk", "title", "slug", "summary")
        ),
    )


def parts_of(course: CoursePage) -> Parts:
    """Count what is below a course, published or not. One query."""
    below = course.get_descendants().order_by()
    is_lesson, is_draft = Q(depth=course.depth + 2), Q(live=False)
    counted = below.aggregate(
        lessons=Count("pk", filter=is_lesson),
        draft_sections=Count("pk", filter=is_draft & ~is_lesson),
        draft_lessons=Count("pk", filter=is_draft & is_lesson),
    )
    return Parts(**counted)


def _kind(name: str) -> LessonKind:
    known = registry.kinds().get(name)
    if known is None:
        # A lesson of a kind that is no longer installed still has its place in the list.
        return LessonKind(name, name.title(), registry.Completion.VIEWED.value)
    return LessonKind(known.name, known.label, known.completion.value)


def totals(paths: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return how many live lessons each course has and how many minutes they take, by its tree path. One query."""
    course_paths = list(paths)
    if not course_paths:
        return {}
    below = reduce(or_, (Q(path__startswith=path) for path in course_paths))
    rows = (
        LessonPage.objects.filter(below, live=True)
        .annotate(course=Left("path", Length("path") - 2 * _STEP))
        .values("course")
        .annotate(number=Count("pk"), time=Sum("minutes"))
        .order_by()
        .values_list("course", "number", "time")
    )
    return {course: (number, time) for course, number, time in rows}


def instructors(course: CoursePage) -> list[Instructor]:
    """Return who teaches a course, in the order shown, with portraits. One query."""
    placed = Instructor.objects.filter(taught_courses__course=course.pk, live=True)
    return list(placed.select_related("portrait").order_by("taught_courses__sort_order", "pk"))


def free_lessons() -> QuerySet[LessonPage]:
    """Return the lessons that anybody may read: free previews whose section and course are live too. Adds no query."""
    free = LessonPage.objects.filter(free_preview=True, live=True)
    for steps in (1, 2):
        above = Page.objects.filter(path=Left(OuterRef("path"), Length(OuterRef("path")) - steps * _STEP), live=True)
        free = free.filter(Exists(above))
    return free


# --- Public courses -------------------------------------------------------------------------------------------------
def public_courses() -> QuerySet[CoursePage]:
    return public(CoursePage.objects.all())


def with_card(courses: QuerySet[CoursePage]) -> QuerySet[CoursePage]:
    """Fetch what the card's template shows: cover, its renditions, category."""
    sizes = Prefetch("cover__renditions", Rendition.objects.filter(filter_spec__in=list(CARD.values())))
    return courses.select_related("category", "cover").prefetch_related(sizes)


# --- The page of all courses ----------------------------------------------------------------------------------------
def listing(params: Mapping[str, str]) -> dict[str, Any]:
    """Return the context of the course list: courses (a Page of a paginator), categories, levels, q, category, level.

    params: q, category (slug), level, page; what isn't known is as if it weren't there. At most five queries, however
    many courses there are.
    """
    categories = list(Category.objects.order_by("name"))
    by_slug = {known.slug: known for known in categories}
    q, category, level = (params.get(name, "").strip() for name in ("q", "category", "level"))
    category = category if category in by_slug else ""
    level = level if level in CoursePage.Level.values else ""
    courses = public_courses()
    if category:
        courses = courses.filter(category=by_slug[category])
    if level:
        courses = courses.filter(level=level)
    return {
        "courses": Paginator(with_card(_matching(courses, q)), PER_PAGE).get_page(params.get("page")),
        "categories": categories,
        "levels": CoursePage.Level.choices,
        "q": q,
        "category": category,
        "level": level,
    }


def _matching(courses: QuerySet[CoursePage], q: str) -> QuerySet[CoursePage]:
    if not q:
        return courses.order_by("title", "pk")
    words = search(courses, q)
    # Somebody who has typed half a word means what begins with it.
    return words if words.exists() else autocomplete(courses, q)
