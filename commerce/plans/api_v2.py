"""Doors of `/api/v2/` that show prices: courses and plans.

A course is catalogue and a price is commerce, and imports go down only; so the catalogue makes the cards and this room,
which knows both, lays the price over them and registers the endpoint.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.rich_text import expand_db_html

from academies.kernel.money import Money
from academies.tenants import queries as tenants
from catalog.api.base import parse_boolean, parse_number
from catalog.api.listing import PublicCardViewSet, Row
from catalog.api.url_builder import UrlBuilder
from catalog.courses import queries as courses
from catalog.courses.models import CoursePage
from catalog.library.queries import pictures
from catalog.library.types import Picture
from commerce.plans import queries, rules, structured
from commerce.plans.models import Plan
from commerce.plans.types import Offer


class CoursesAPI(PublicCardViewSet):
    """Courses with the first of their prices; `courses/<id>/` with everything their page shows."""

    model = CoursePage
    endpoint = "courses"
    columns = courses.CARD_COLUMNS
    exact = {
        "id": ("pk", parse_number),
        "slug": ("slug", str),
        "level": ("level", str),
        "category": ("category__slug", str),
        "language": ("locale__language_code", str),
        "instructor": ("course_instructors__instructor__slug", str),
        "gives_certificate": ("gives_certificate", parse_boolean),
        "free": ("is_free", parse_boolean),
    }
    ordering = ("title", "pk")
    orders = {
        "title": "title",
        "id": "pk",
        "first_published_at": "first_published_at",
        "updated_at": "last_published_at",
        "level": "level",
    }
    card_fields = (
        "id", "title", "slug", "summary", "html_url", "image", "level", "language", "category", "effort",
        "lesson_count", "minutes", "gives_certificate", "cpd_credits", "first_published_at", "updated_at",
        "price", "price_interval",
    )  # fmt: skip
    whole_fields = (
        "description", "outcomes", "audience", "prerequisites", "refund_policy", "faq", "certificate", "outline",
        "instructors", "offers", "structured_data", "seo_title", "search_description",
    )  # fmt: skip

    def rows(self) -> QuerySet[CoursePage]:
        rows = courses.public_courses()
        if "free" in self.request.GET:
            gratis = Plan.objects.filter(Q(all_courses=True) | Q(courses=OuterRef("pk")), on_sale=True, price_minor=0)
            rows = rows.annotate(is_free=Exists(gratis))
        return rows

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        offers = queries.offers_for(row["translation_key"] for row in rows)
        return self._priced(rows, offers, pictures(row["cover_id"] for row in rows))

    def _priced(
        self, rows: Sequence[Row], offers: Mapping[UUID, list[Offer]], shown: Mapping[int, Picture]
    ) -> list[Row]:
        made = courses.cards(rows, UrlBuilder(), shown)
        for card, row in zip(made, rows, strict=True):
            first = next(iter(offers[row["translation_key"]]), None)
            card["price"] = first and first.price.as_json()
            card["price_interval"] = first and first.interval
        return made

    def whole(self, row: Row) -> Row:
        by_course, shown = queries.offers_for([row["translation_key"]]), pictures([row["cover_id"]])
        (card,) = self._priced([row], by_course, shown)
        course = CoursePage.objects.select_related("category", "locale").get(pk=row["id"])
        outline, taught_by = courses.outline(course), courses.instructors(course)
        offers = by_course[row["translation_key"]]
        return {
            **card,
            **_words(course),
            "outline": outline.as_json(tenants.current_origin()),
            "instructors": courses.people(taught_by),
            "offers": [offer.as_json() for offer in offers],
            "structured_data": structured.course_data(
                course,
                url=card["html_url"],
                outline=outline,
                instructors=taught_by,
                offers=offers,
                picture=shown.get(row["cover_id"]),
            ),
        }


def _words(course: CoursePage) -> Row:
    return {
        "description": expand_db_html(course.description),
        "outcomes": [str(outcome.value) for outcome in course.outcomes],
        "audience": course.audience,
        "prerequisites": course.prerequisites,
        "refund_policy": course.refund_policy,
        "faq": [{"question": one.value["question"], "answer": one.value["answer"]} for one in course.faq],
        "certificate": {
            "title": course.certificate_title or course.title,
            "hours": course.certificate_hours and str(course.certificate_hours),
            "cpd_credits": str(course.cpd_credits),
        }
        if course.gives_certificate
        else None,
        "seo_title": course.seo_title,
        "search_description": course.search_description,
    }


class PlansAPI(PublicCardViewSet):
    """What is on sale and opens something that everybody may see, and the courses that each plan opens."""

    model = Plan
    endpoint = "plans"
    id_converter = "uuid"
    read_id = UUID
    columns = (
        "pk", "title", "slug", "description", "price_minor", "currency", "interval", "access_days", "all_courses",
    )  # fmt: skip
    exact = {
        "slug": ("slug", str),
        "interval": ("interval", str),
        "all_courses": ("all_courses", parse_boolean),
        "course": ("courses", parse_number),
    }
    ordering = ("price_minor", "title", "pk")
    orders = {"title": "title", "price": "price_minor"}
    card_fields = (
        "id", "title", "slug", "summary", "html_url", "image", "price", "interval", "buyable", "access_days",
        "all_courses",
    )  # fmt: skip
    whole_fields = ("courses",)

    def rows(self) -> QuerySet[Plan]:
        return queries.that_open(Plan.objects.filter(on_sale=True), courses.public_courses())

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        origin = tenants.current_origin()
        return [
            {
                "id": str(row["pk"]),
                "title": row["title"],
                "slug": row["slug"],
                "summary": row["description"],
                "html_url": f"{origin}/checkout/plan/{row['slug']}/",
                "image": None,
                "price": Money(row["price_minor"], row["currency"]).as_json(),
                "interval": row["interval"],
                "buyable": not row["price_minor"] or rules.sold_online(row["interval"]),
                "access_days": row["access_days"],
                "all_courses": row["all_courses"],
            }
            for row in rows
        ]

    def whole(self, row: Row) -> Row:
        opened: QuerySet[Any] = courses.public_courses().order_by("title", "pk")
        if not row["all_courses"]:
            opened = opened.filter(plans=row["pk"])
        addresses = UrlBuilder()
        listed = opened.values_list("pk", "title", "slug", "url_path")[:200]
        return {
            **super().whole(row),
            "courses": [
                {"id": pk, "title": title, "slug": slug, "html_url": addresses.full(url_path)}
                for pk, title, slug, url_path in listed
            ],
        }
