"""Doors of `/api/v2/` to the snippets of courses: instructors, categories."""

from collections.abc import Sequence

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from wagtail.rich_text import expand_db_html

from academies.tenants import queries as tenants
from catalog.api.listing import PublicCardViewSet, Row
from catalog.api.url_builder import UrlBuilder
from catalog.courses.models import Category, CourseIndexPage, CoursePage, Instructor
from catalog.courses.queries import public_courses
from catalog.library.queries import pictures
from catalog.library.rules import FACE
from catalog.library.types import Picture
from catalog.library.visibility import public


class InstructorsAPI(PublicCardViewSet):
    """Those who teach, as visitors see them. Their accounts are nobody's business."""

    model = Instructor
    endpoint = "instructors"
    columns = ("pk", "name", "slug", "role", "biography", "portrait_id")
    exact = {"slug": ("slug", str), "name": ("name", str)}
    ordering = ("name", "pk")
    orders = {"name": "name", "title": "name", "id": "pk"}
    card_fields = ("id", "title", "slug", "summary", "html_url", "image", "name", "role")
    whole_fields = ("biography", "courses")

    def rows(self) -> QuerySet[Instructor]:
        return Instructor.objects.filter(live=True)

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        faces = pictures((row["portrait_id"] for row in rows), FACE)
        return [
            {
                "id": row["pk"],
                "title": row["name"],
                "slug": row["slug"],
                "summary": row["role"],
                # An instructor has no page of their own; their courses name them.
                "html_url": None,
                "image": faces.get(row["portrait_id"], Picture("")).as_json(),
                "name": row["name"],
                "role": row["role"],
            }
            for row in rows
        ]

    def whole(self, row: Row) -> Row:
        taught = public_courses().filter(course_instructors__instructor=row["pk"])
        return {**super().whole(row), "biography": expand_db_html(row["biography"]), "courses": _named(taught)}


def _named(courses: QuerySet[CoursePage]) -> list[Row]:
    addresses = UrlBuilder()
    listed = courses.order_by("title", "pk").values_list("pk", "title", "slug", "url_path")[:200]
    return [
        {"id": pk, "title": title, "slug": slug, "html_url": addresses.full(url_path)}
        for pk, title, slug, url_path in listed
    ]


class CategoriesAPI(PublicCardViewSet):
    """Subjects, with how much is filed under each."""

    model = Category
    endpoint = "categories"
    columns = ("pk", "name", "slug", "description", "course_count")
    exact = {"slug": ("slug", str), "name": ("name", str)}
    ordering = ("name", "pk")
    orders = {"name": "name", "title": "name", "id": "pk"}
    card_fields = ("id", "title", "slug", "summary", "html_url", "image", "name", "course_count")
    whole_fields = ("courses",)
    # What `/api/v2/pages/` shows of it inside a course.
    nested_default_fields = [*PublicCardViewSet.nested_default_fields, "name", "slug"]

    def rows(self) -> QuerySet[Category]:
        return Category.objects.all()

    def annotated(self, rows: QuerySet[Category]) -> QuerySet[Category]:
        filed = public(CoursePage.objects.filter(category=OuterRef("pk"))).order_by().values("category")
        counted = Subquery(filed.annotate(number=Count("pk")).values("number"))
        return rows.annotate(course_count=Coalesce(counted, 0))

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        url_path = public(CourseIndexPage.objects.all()).values_list("url_path", flat=True).first()
        listed_at = UrlBuilder().full(url_path) if url_path else f"{tenants.current_base_url()}/"
        return [
            {
                "id": row["pk"],
                "title": row["name"],
                "slug": row["slug"],
                "summary": row["description"],
                "html_url": f"{listed_at}?category={row['slug']}",
                "image": None,
                "name": row["name"],
                "course_count": row["course_count"],
            }
            for row in rows
        ]

    def whole(self, row: Row) -> Row:
        return {**super().whole(row), "courses": _named(public_courses().filter(category=row["pk"]))}
