"""Doors of `/api/v1/` that read what anybody may: courses, categories, instructors, events.

The endpoints of `/api/v2/` say what there is and how it looks; here the same answers come in the pages of `/api/v1/`.
Nothing is written through these doors: editors work in the admin.
"""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from academies.kernel.errors import NotFound
from catalog.api.base import MAX_OFFSET, invalid_param, parse_boolean, parse_number
from catalog.api.listing import CardViewSet, Window
from catalog.courses.api_v2 import CategoriesAPI, InstructorsAPI
from catalog.courses.models import Instructor
from catalog.courses.queries import public_courses
from commerce.storefront import shapes
from commerce.storefront.api_v2 import CoursesAPI, EventsAPI
from commerce.storefront.shapes import Shape

NumberedPagination: Any = api_settings.DEFAULT_PAGINATION_CLASS


class Numbered(CardViewSet):
    """Stands before an endpoint of `/api/v2/` and gives its cards in numbered pages."""

    pagination_class = NumberedPagination
    paging = frozenset({"page", "page_size"})

    def list(self, request: Request, **place: Any) -> Response:
        self._known_parameters(request)
        page, size = _page_of(request)
        total, cards = self.part(Window(limit=size, offset=(page - 1) * size))
        if page > 1 and not cards:
            raise NotFound("There is no such page.")
        pages = NumberedPagination()
        pages.request = request
        pages.page = Paginator(range(total), size).page(page)
        return pages.get_paginated_response(cards)

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.one(pk))


def _page_of(request: Request) -> tuple[int, int]:
    """Return which page is asked for, and how long it is."""
    page = _counted(request, "page", 1)
    if page > MAX_OFFSET:
        raise invalid_param("page", f"must be at most {MAX_OFFSET}")
    return page, min(_counted(request, "page_size", NumberedPagination.page_size), NumberedPagination.max_page_size)


def _counted(request: Request, name: str, default: int) -> int:
    asked = request.GET.get(name, str(default))
    try:
        counted = parse_number(asked)
    except ValueError as error:
        raise invalid_param(name, str(error)) from error
    if counted < 1:
        raise invalid_param(name, "must be at least 1")
    return counted


# --- what the OpenAPI document says of them -------------------------------------------------------------------------
_TYPES = {parse_number: int, parse_boolean: bool}


def _asked_for(view: type[CardViewSet]) -> list[OpenApiParameter]:
    exact = [OpenApiParameter(name, _TYPES.get(read, str)) for name, (_, read) in view.exact.items()]
    extra = [OpenApiParameter(name, str) for name in sorted(view.extra_parameters)]
    order = f"One or more of {', '.join(view.orders)}, with commas between them; - before one for the reverse."
    search = [OpenApiParameter("search", str), OpenApiParameter("search_operator", str, enum=["and", "or"])]
    return [*exact, *extra, OpenApiParameter("order", str, description=order), *search]


def described(name: str, words: str, card: type[Shape], whole: type[Shape] | None = None) -> Callable[[Any], Any]:
    def describe(view: Any) -> Any:
        asked = _asked_for(view)
        said = {"list": extend_schema(f"{name}_list", responses=card(many=True), parameters=asked, description=words)}
        if whole:
            said["retrieve"] = extend_schema(f"{name}_retrieve", responses=whole, description="Show one of them whole.")
        return extend_schema_view(**said)(view)

    return describe


# --- the doors ------------------------------------------------------------------------------------------------------
@described("courses", "List courses with the first of their prices.", shapes.CourseCard, shapes.Course)
class Courses(Numbered, CoursesAPI):
    """Courses, and one with everything its page shows."""


@described("courses_categories", "List the subjects.", shapes.CategoryCard, shapes.Category)
class Categories(Numbered, CategoriesAPI):
    """Subjects, and one with its courses."""


@described("instructors", "List those who teach.", shapes.InstructorCard, shapes.Instructor)
class Instructors(Numbered, InstructorsAPI):
    """Those who teach, and one with their courses."""


@described("courses_instructors", "List who teaches a course, in its order.", shapes.InstructorCard)
class CourseInstructors(Numbered, InstructorsAPI):
    """Those who teach one course."""

    ordering = ("taught_courses__sort_order", "pk")

    def rows(self) -> QuerySet[Instructor]:
        course = self.kwargs["pk"]
        if not public_courses().filter(pk=course).exists():
            raise NotFound()
        return super().rows().filter(taught_courses__course=course)


@described("events", "List the events, what comes next first.", shapes.EventCard, shapes.Event)
class Events(Numbered, EventsAPI):
    """Events, and one with every date, the place and the speakers."""
