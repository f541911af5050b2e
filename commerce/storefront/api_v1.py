"""Endpoints of `/api/v1/` that anybody may read: courses, categories, instructors, events.

They give the cards of `/api/v2/` in the numbered pages of `/api/v1/`. Editors work in the admin: nothing is written here.
"""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from academies.kernel.errors import NotFound
from catalog.api.listing import CardViewSet, Window
from catalog.api.params import MAX_OFFSET, invalid_param, parse_number
from catalog.api.schema import filter_parameters, serializer_of
from catalog.courses.api_v2 import CategoriesAPI, InstructorsAPI
from catalog.courses.models import Instructor
from catalog.courses.queries import public_courses
from commerce.storefront.api_v2 import CoursesAPI, EventsAPI

NumberedPagination: Any = api_settings.DEFAULT_PAGINATION_CLASS


class NumberedCardViewSet(CardViewSet):
    """Gives the cards of an endpoint of `/api/v2/` in numbered pages."""

    schema = AutoSchema()
    pagination_class = NumberedPagination
    paging = frozenset({"page", "page_size"})

    def list(self, request: Request, **kwargs: Any) -> Response:
        self._refuse_unknown_parameters(request)
        number, size = _page_of(request)
        total, cards = self.window(Window(limit=size, offset=(number - 1) * size))
        if number > 1 and not cards:
            raise NotFound("There is no such page.")
        pagination = NumberedPagination()
        pagination.request = request
        pagination.page = Paginator(range(total), size).page(number)
        response: Response = pagination.get_paginated_response(cards)
        return response

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.get_one(pk))


def _page_of(request: Request) -> tuple[int, int]:
    """Return the number of the requested page, and its size."""
    number = _positive(request, "page", 1)
    if number > MAX_OFFSET:
        raise invalid_param("page", f"must be at most {MAX_OFFSET}")
    size = _positive(request, "page_size", NumberedPagination.page_size)
    return number, min(size, NumberedPagination.max_page_size)


def _positive(request: Request, name: str, default: int) -> int:
    try:
        value = parse_number(request.GET.get(name, str(default)))
    except ValueError as error:
        raise invalid_param(name, str(error)) from error
    if value < 1:
        raise invalid_param(name, "must be at least 1")
    return value


# --- The OpenAPI document -------------------------------------------------------------------------------------------
def described(name: str, description: str, *, has_detail: bool = True) -> Callable[[Any], Any]:
    """Describe the operations of an endpoint: its parameters, its cards and how they are called."""

    def describe(view: type[CardViewSet]) -> Any:
        operations = {
            "list": extend_schema(
                f"{name}_list",
                description=description,
                parameters=filter_parameters(view),
                responses=serializer_of(view.card_class)(many=True),
            )
        }
        if has_detail:
            detail = serializer_of(view.get_detail_class())
            operations["retrieve"] = extend_schema(f"{name}_retrieve", description="Get one of them.", responses=detail)
        return extend_schema_view(**operations)(view)

    return describe


# --- The endpoints --------------------------------------------------------------------------------------------------
@described("courses", "List courses with the first of their prices.")
class Courses(NumberedCardViewSet, CoursesAPI):
    """Courses, and one with everything its page shows."""


@described("courses_categories", "List the categories of courses.")
class Categories(NumberedCardViewSet, CategoriesAPI):
    """Categories, and one with its courses."""


@described("instructors", "List the instructors.")
class Instructors(NumberedCardViewSet, InstructorsAPI):
    """Instructors, and one with their courses."""


@described("courses_instructors", "List the instructors of a course, in its order.", has_detail=False)
class CourseInstructors(NumberedCardViewSet, InstructorsAPI):
    """The instructors of one course."""

    ordering = ("taught_courses__sort_order", "pk")

    def rows(self) -> QuerySet[Instructor]:
        course = self.kwargs["pk"]
        if not public_courses().filter(pk=course).exists():
            raise NotFound()
        return super().rows().filter(taught_courses__course=course)


@described("events", "List the events, the next one first.")
class Events(NumberedCardViewSet, EventsAPI):
    """Events, and one with every date, the place and the speakers."""
