"""A course's structured data, with the prices that the catalogue doesn't know."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from academies.tenants import queries as tenants
from catalog.courses import structured
from catalog.courses.models import CoursePage, Instructor
from catalog.courses.types import Outline
from catalog.library.types import Picture
from commerce.plans.types import Offer


def publisher() -> structured.Publisher:
    return structured.Publisher(name=tenants.current().name, url=f"{tenants.current_base_url()}/")


def course_data(
    course: CoursePage,
    *,
    url: str,
    outline: Outline,
    instructors: Iterable[Instructor],
    offers: Sequence[Offer],
    picture: Picture | None,
) -> dict[str, Any]:
    """Return schema.org's Course. url: absolute.  Asks nothing but the course's own category and locale."""
    return structured.course(
        structured.CourseJsonLd(
            name=course.title,
            description=course.summary or course.search_description,
            url=url,
            publisher=publisher(),
            language=course.locale.language_code,
            level=course.get_level_display(),
            category=course.category.name if course.category else "",
            prerequisites=course.prerequisites,
            outcomes=[str(outcome.value) for outcome in course.outcomes],
            images=images(picture),
            instructors=[person.name for person in instructors],
            minutes=outline.minutes,
            credential=course.certificate_title or course.title if course.gives_certificate else "",
            updated_at=course.last_published_at.isoformat() if course.last_published_at else "",
            # The checkout isn't open to search engines; the course's own page is where it is bought.
            offers=[replace(price(offer), url=url) for offer in offers if offer.buyable],
        )
    )


def images(picture: Picture | None) -> list[str]:
    sizes = picture.sizes if picture else {}
    return [sizes[name].url for name in ("share", "wide_2x") if name in sizes]


def price(offer: Offer) -> structured.Price:
    return structured.Price(
        amount=offer.price.major,
        currency=offer.price.currency,
        url=tenants.current_base_url() + offer.checkout_path,
        name=offer.title,
        subscription=offer.interval != "once",
    )


def questions(course: CoursePage) -> dict[str, Any] | None:
    return structured.questions((block.value["question"], block.value["answer"]) for block in course.faq)


def organization(logo: str = "") -> dict[str, Any]:
    """Return the academy itself. logo: relative or absolute."""
    origin = tenants.current_base_url()
    who = structured.Publisher(tenants.current().name, f"{origin}/", origin + logo if logo.startswith("/") else logo)
    return {"@context": structured.CONTEXT, **structured.organization(who)}
