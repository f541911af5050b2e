"""Instructors and categories in `/api/v2/`."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from wagtail.rich_text import expand_db_html

from academies.tenants import queries as tenants
from catalog.api.cards import Card, Row, column, computed
from catalog.api.listing import PublicCardViewSet
from catalog.api.url_builder import UrlBuilder
from catalog.courses.cards import CourseLink, links
from catalog.courses.models import Category, CourseIndexPage, CoursePage, Instructor
from catalog.courses.queries import public_courses
from catalog.library.queries import pictures
from catalog.library.rules import FACE
from catalog.library.types import Image, Picture
from catalog.library.visibility import public


# --- Instructors ----------------------------------------------------------------------------------------------------
@dataclass(slots=True, kw_only=True)
class InstructorCard(Card):
    id: int = column("pk")
    title: str = column("name")
    slug: str = column()
    summary: str = column("role")
    # An instructor has no page of their own; their courses name them.
    html_url: str | None = computed()
    image: Image | None = computed("portrait_id")
    name: str = column()
    role: str = column()


@dataclass(slots=True, kw_only=True)
class InstructorDetail(InstructorCard):
    biography: str = computed("biography")
    courses: list[CourseLink] = computed()


class InstructorsAPI(PublicCardViewSet):
    """Instructors as visitors see them, without their accounts."""

    model = Instructor
    endpoint = "instructors"
    card_class, detail_class = InstructorCard, InstructorDetail
    filters = {"slug": ("slug", str), "name": ("name", str)}
    ordering = ("name", "pk")
    orders = {"name": "name", "title": "name", "id": "pk"}

    def rows(self) -> QuerySet[Instructor]:
        return Instructor.objects.filter(live=True)

    def get_cards(self, rows: Sequence[Row]) -> list[InstructorCard]:
        portraits = pictures((row["portrait_id"] for row in rows), FACE)
        return [
            InstructorCard.from_row(row, html_url=None, image=portraits.get(row["portrait_id"], Picture("")).image)
            for row in rows
        ]

    def get_detail(self, row: Row) -> InstructorDetail:
        (card,) = self.get_cards([row])
        taught = public_courses().filter(course_instructors__instructor=row["pk"])
        return card.extended(InstructorDetail, biography=expand_db_html(row["biography"]), courses=links(taught))


# --- Categories -----------------------------------------------------------------------------------------------------
@dataclass(slots=True, kw_only=True)
class CategoryCard(Card):
    id: int = column("pk")
    title: str = column("name")
    slug: str = column()
    summary: str = column("description")
    html_url: str = computed("slug")
    image: Image | None = computed()
    name: str = column()
    course_count: int = column()


@dataclass(slots=True, kw_only=True)
class CategoryDetail(CategoryCard):
    courses: list[CourseLink] = computed()


class CategoriesAPI(PublicCardViewSet):
    """Categories with the number of their courses."""

    model = Category
    endpoint = "categories"
    card_class, detail_class = CategoryCard, CategoryDetail
    filters = {"slug": ("slug", str), "name": ("name", str)}
    ordering = ("name", "pk")
    orders = {"name": "name", "title": "name", "id": "pk"}
    # What `/api/v2/pages/` shows of it inside a course.
    nested_default_fields = [*PublicCardViewSet.nested_default_fields, "name", "slug"]

    def rows(self) -> QuerySet[Category]:
        return Category.objects.all()

    def annotate(self, rows: QuerySet[Category]) -> QuerySet[Category]:
        courses = public(CoursePage.objects.filter(category=OuterRef("pk"))).order_by().values("category")
        counted = Subquery(courses.annotate(number=Count("pk")).values("number"))
        return rows.annotate(course_count=Coalesce(counted, 0))

    def get_cards(self, rows: Sequence[Row]) -> list[CategoryCard]:
        url_path = public(CourseIndexPage.objects.all()).values_list("url_path", flat=True).first()
        course_list = UrlBuilder().full(url_path) if url_path else f"{tenants.current_base_url()}/"
        return [
            CategoryCard.from_row(row, html_url=f"{course_list}?category={row['slug']}", image=None) for row in rows
        ]

    def get_detail(self, row: Row) -> CategoryDetail:
        (card,) = self.get_cards([row])
        return card.extended(CategoryDetail, courses=links(public_courses().filter(category=row["pk"])))
