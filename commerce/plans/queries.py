"""Reads about prices. The catalogue knows none: commerce lays them over its cards, by the courses' translation keys."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from academies.kernel.money import Money
from catalog.courses.models import CoursePage
from commerce.plans.models import Plan
from commerce.plans.types import Offer

_COLUMNS = (
    "id", "slug", "title", "description", "price_minor", "currency", "interval", "access_days", "all_courses",
)  # fmt: skip


def offers_for(course_keys: Iterable[UUID]) -> dict[UUID, list[Offer]]:
    """Return the plans on sale that open each course, in one query: free first, then paid once, then subscriptions.

    course_keys: translation keys of course pages. Every key is in the answer; a course nobody sells has an empty list.
    """
    keys = list(course_keys)
    if not keys:
        return {}
    rows = (
        Plan.objects.filter(on_sale=True)
        .filter(Q(all_courses=True) | Q(courses__translation_key__in=keys))
        .values_list("courses__translation_key", *_COLUMNS)
    )
    of_all: dict[str, Offer] = {}
    of_one: dict[UUID, dict[str, Offer]] = {key: {} for key in keys}
    for key, *row in rows:
        offer = _offer(dict(zip(_COLUMNS, row, strict=True)))
        if offer.all_courses:
            of_all[offer.id] = offer
        elif key in of_one:
            of_one[key][offer.id] = offer
    return {key: sorted({**of_all, **own}.values(), key=lambda offer: offer.rank) for key, own in of_one.items()}


def that_open(plans: QuerySet[Plan], courses: QuerySet[CoursePage]) -> QuerySet[Plan]:
    """Narrow plans to those that open at least one of these courses, in whatever language. Adds no query."""
    own = CoursePage.objects.filter(plans=OuterRef(OuterRef("pk"))).values("translation_key")
    return plans.filter(Q(Exists(courses), all_courses=True) | Exists(courses.filter(translation_key__in=own)))


def _offer(row: dict[str, Any]) -> Offer:
    return Offer(
        id=str(row["id"]),
        slug=row["slug"],
        title=row["title"],
        price=Money(row["price_minor"], row["currency"]),
        interval=row["interval"],
        access_days=row["access_days"],
        all_courses=row["all_courses"],
        description=row["description"],
    )
