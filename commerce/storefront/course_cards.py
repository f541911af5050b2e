"""What programs read about a course: the card in a list, and everything that its page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wagtail.rich_text import expand_db_html

from academies.kernel.money import Money
from academies.tenants import queries as tenants
from catalog.api.cards import Card, Row, column, computed
from catalog.api.url_builder import UrlBuilder
from catalog.courses import queries as courses
from catalog.courses.cards import PersonCard, people
from catalog.courses.models import CoursePage
from catalog.courses.types import Outline
from catalog.library.queries import pictures
from catalog.library.types import Image, Picture
from commerce.plans import queries as plans
from commerce.plans.types import Offer, OfferCard
from commerce.storefront import structured_courses

_NO_PICTURE = Picture("")


@dataclass(frozen=True, slots=True)
class CategoryLink:
    slug: str
    name: str


@dataclass(slots=True, kw_only=True)
class CourseCard(Card):
    id: int = column()
    title: str = column()
    slug: str = column()
    summary: str = column()
    html_url: str = computed("url_path")
    image: Image | None = computed("cover_id")
    level: str = column()
    language: str = column("locale__language_code")
    category: CategoryLink | None = computed("category__slug", "category__name")
    effort: str = column()
    lesson_count: int = computed("path")
    minutes: int = computed("path")
    gives_certificate: bool = column()
    cpd_credits: str = computed("cpd_credits")
    first_published_at: datetime | None = column()
    updated_at: datetime | None = column("last_published_at")
    # The first of the course's offers.
    price: Money | None = computed("translation_key")
    price_interval: str | None = computed("translation_key")


# --- One course -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class LessonCard:
    id: int
    title: str
    slug: str
    kind: str
    minutes: int
    free_preview: bool
    html_url: str


@dataclass(frozen=True, slots=True)
class SectionCard:
    id: int
    title: str
    slug: str
    summary: str
    minutes: int
    lessons: list[LessonCard]


@dataclass(frozen=True, slots=True)
class OutlineCard:
    lesson_count: int
    minutes: int
    sections: list[SectionCard]


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class CourseCertificate:
    """The certificate that a course gives."""

    title: str
    hours: str | None
    cpd_credits: str


@dataclass(slots=True, kw_only=True)
class CourseDetail(CourseCard):
    description: str
    outcomes: list[str]
    audience: str
    prerequisites: str
    refund_policy: str
    faq: list[Question]
    certificate: CourseCertificate | None
    outline: OutlineCard
    instructors: list[PersonCard]
    offers: list[OfferCard]
    structured_data: dict[str, Any]
    seo_title: str
    search_description: str


# --- Reading them ---------------------------------------------------------------------------------------------------
def course_cards(rows: Sequence[Row]) -> list[CourseCard]:
    """Return the cards of rows with the columns of CourseCard, in their order. Three queries: offers, pictures, lessons."""
    offers = plans.offers_for(row["translation_key"] for row in rows)
    return _cards(rows, offers, pictures(row["cover_id"] for row in rows))


def course_detail(row: Row) -> CourseDetail:
    """Return everything about the course of a row with the columns of CourseDetail."""
    offers, covers = plans.offers_for([row["translation_key"]]), pictures([row["cover_id"]])
    (card,) = _cards([row], offers, covers)
    course = CoursePage.objects.select_related("category", "locale").get(pk=row["id"])
    outline, instructors = courses.outline(course), courses.instructors(course)
    own_offers = offers[row["translation_key"]]
    return card.extended(
        CourseDetail,
        **_texts(course),
        outline=outline_card(outline, tenants.current_base_url()),
        instructors=people(instructors),
        offers=[offer.card for offer in own_offers],
        structured_data=structured_courses.course_data(
            course,
            url=card.html_url,
            outline=outline,
            instructors=instructors,
            offers=own_offers,
            picture=covers.get(row["cover_id"]),
        ),
    )


def outline_card(outline: Outline, origin: str) -> OutlineCard:
    sections = [
        SectionCard(
            section.id,
            section.title,
            section.slug,
            section.summary,
            section.minutes,
            [
                LessonCard(
                    lesson.id,
                    lesson.title,
                    lesson.slug,
                    lesson.kind.name,
                    lesson.minutes,
                    lesson.free_preview,
                    origin + lesson.url,
                )
                for lesson in section.lessons
            ],
        )
        for section in outline.sections
    ]
    return OutlineCard(outline.lesson_count, outline.minutes, sections)


def _cards(rows: Sequence[Row], offers: Mapping[UUID, list[Offer]], covers: Mapping[int, Picture]) -> list[CourseCard]:
    urls, totals = UrlBuilder(), courses.totals(row["path"] for row in rows)
    return [
        _card(row, next(iter(offers[row["translation_key"]]), None), covers, totals.get(row["path"], (0, 0)), urls)
        for row in rows
    ]


def _card(
    row: Row, offer: Offer | None, covers: Mapping[int, Picture], totals: tuple[int, int], urls: UrlBuilder
) -> CourseCard:
    lesson_count, minutes = totals
    return CourseCard.from_row(
        row,
        html_url=urls.full(row["url_path"]),
        image=covers.get(row["cover_id"], _NO_PICTURE).image,
        category=category_link(row),
        lesson_count=lesson_count,
        minutes=minutes,
        cpd_credits=str(row["cpd_credits"]),
        price=offer and offer.price,
        price_interval=offer and offer.interval,
    )


def category_link(row: Row) -> CategoryLink | None:
    return CategoryLink(row["category__slug"], row["category__name"]) if row["category__slug"] else None


def _texts(course: CoursePage) -> dict[str, Any]:
    return {
        "description": expand_db_html(course.description),
        "outcomes": [str(outcome.value) for outcome in course.outcomes],
        "audience": course.audience,
        "prerequisites": course.prerequisites,
        "refund_policy": course.refund_policy,
        "faq": [Question(block.value["question"], block.value["answer"]) for block in course.faq],
        "certificate": _certificate(course),
        "seo_title": course.seo_title,
        "search_description": course.search_description,
    }


def _certificate(course: CoursePage) -> CourseCertificate | None:
    if not course.gives_certificate:
        return None
    hours = course.certificate_hours
    return CourseCertificate(
        title=course.certificate_title or course.title,
        hours=None if hours is None else str(hours),
        cpd_credits=str(course.cpd_credits),
    )
