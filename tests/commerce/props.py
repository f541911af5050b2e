"""What the tests of commerce play with: an event with a date, a course, a plan. Made in the academy entered."""

from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.courses.models import CourseIndexPage, CoursePage, LessonPage, SectionPage
from catalog.events.models import EventIndexPage, EventPage
from catalog.offerings.models import Offering
from commerce.plans.models import Plan

NOW = datetime(2025, 5, 2, 9, 0, tzinfo=UTC)


def a_date(*, title: str = "Open kitchen evening", slug: str = "open-kitchen-evening", **fields: Any) -> Offering:
    """An event with one date in two weeks: free, 20 seats and a waiting list, unless said otherwise."""
    event = EventPage.objects.filter(slug=slug).first()
    if event is None:
        event = EventPage(title=title, slug=slug, summary="An evening.", joining_instructions="Ring the bell.")
        EventIndexPage.objects.get().add_child(instance=event)
    starts_at = fields.pop("starts_at", NOW + timedelta(days=14))
    return Offering.objects.create(
        **{"page": event, "seats": 20, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3), **fields}
    )


def a_course(*, title: str = "Sourdough", slug: str = "sourdough", **fields: Any) -> CoursePage:
    return CourseIndexPage.objects.get().add_child(
        instance=CoursePage(title=title, slug=slug, summary="Bread.", **fields)
    )


def a_lesson(course: CoursePage, *, title: str = "Starter", free_preview: bool = False) -> LessonPage:
    section = SectionPage.objects.child_of(course).first()
    if section is None:
        section = course.add_child(instance=SectionPage(title="First", slug="first"))
    activity = [("text", {"text": "<p>Flour and water.</p>"})]
    return section.add_child(
        instance=LessonPage(title=title, slug=title.lower(), free_preview=free_preview, activity=activity)
    )


def a_plan(*courses: CoursePage, slug: str = "sourdough", price_minor: int = 4900, **fields: Any) -> Plan:
    plan = Plan.objects.create(title=slug.title(), slug=slug, price_minor=price_minor, **fields)
    plan.courses.set(courses)
    plan.save()
    return plan
