"""What programs read about courses beside their page: links to them, and the people who teach."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from catalog.api.url_builder import UrlBuilder
from catalog.courses.models import CoursePage, Instructor
from catalog.library.queries import pictures
from catalog.library.rules import FACE
from catalog.library.types import Image, Picture

_NO_PICTURE = Picture("")
_MAX_LINKS = 200


@dataclass(frozen=True, slots=True)
class CourseLink:
    id: int
    title: str
    slug: str
    html_url: str


@dataclass(frozen=True, slots=True)
class PersonCard:
    """An instructor or a speaker beside a course or an event."""

    id: int
    slug: str
    name: str
    role: str
    image: Image | None


def links(courses: QuerySet[CoursePage]) -> list[CourseLink]:
    """Return links to the first 200 courses by title. One query."""
    urls = UrlBuilder()
    rows = courses.order_by("title", "pk").values_list("pk", "title", "slug", "url_path")[:_MAX_LINKS]
    return [CourseLink(pk, title, slug, urls.full(url_path)) for pk, title, slug, url_path in rows]


def people(instructors: Sequence[Instructor]) -> list[PersonCard]:
    """Return the cards of instructors or speakers, in their order. One query: portraits."""
    portraits = pictures((person.portrait_id for person in instructors), FACE)
    return [
        PersonCard(
            person.pk, person.slug, person.name, person.role, portraits.get(person.portrait_id or 0, _NO_PICTURE).image
        )
        for person in instructors
    ]
