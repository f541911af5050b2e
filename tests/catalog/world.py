"""What the catalogue's tests play with: a course with two sections, an event with a date, a picture."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import slugify
from PIL import Image as Canvas

from academies.kernel import clock
from catalog.courses.models import Category, CourseIndexPage, CoursePage, LessonPage, SectionPage
from catalog.events.models import EventIndexPage, EventPage
from catalog.library.models import AcademyImage
from catalog.offerings.models import Offering
from commerce.plans.models import Plan

SECRET = "the-starter-is-fed-at-dawn"


def picture(title: str = "A loaf") -> AcademyImage:
    file = BytesIO()
    Canvas.new("RGB", (1400, 900), "#c08050").save(file, "JPEG")
    name = f"{slugify(title)}.jpg"
    return AcademyImage.objects.create(
        title=title, description=f"{title} on a board", file=SimpleUploadedFile(name, file.getvalue(), "image/jpeg")
    )


def category(name: str = "Bread") -> Category:
    return Category.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]


def course(title: str = "Sourdough", **fields: Any) -> CoursePage:
    """Publish a course without lessons."""
    page = CoursePage(title=title, slug=slugify(title), **{"summary": f"Learn {title}.", **fields})
    CourseIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return CoursePage.objects.get(pk=page.pk)


def section(of: CoursePage, title: str = "Begin", **fields: Any) -> SectionPage:
    return of.add_child(instance=SectionPage(title=title, slug=slugify(title), **fields))


def lesson(of: SectionPage, title: str = "Flour", **fields: Any) -> LessonPage:
    given = {"minutes": 10, "activity": [("text", {"text": f"<p>{SECRET}</p>"})], **fields}
    return of.add_child(instance=LessonPage(title=title, slug=slugify(title), **given))


def whole_course(title: str = "Sourdough", **fields: Any) -> CoursePage:
    """Publish a course of two sections and three lessons; the first lesson is a free preview."""
    page = course(title, **fields)
    first, second = section(page, "Begin"), section(page, "Go on")
    lesson(first, "Flour", free_preview=True, minutes=5)
    lesson(first, "Water", minutes=10)
    quiz = {"pass_percent": 50, "questions": [{"kind": "text", "text": "What rises?", "accepted": [SECRET]}]}
    lesson(second, "Quiz", minutes=15, activity=[("quiz", quiz)])
    return page


def event(
    title: str = "Open kitchen", *, days: float = 14, seats: int | None = 20, price: int = 0, **fields: Any
) -> EventPage:
    """Publish an event with one date, that many days from now."""
    page = EventPage(title=title, slug=slugify(title), **{"summary": f"Come to {title}.", **fields})
    EventIndexPage.objects.get().add_child(instance=page)
    starts_at = clock.now() + timedelta(days=days)
    page.offerings.add(
        Offering(starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), seats=seats, price_minor=price)
    )
    page.save_revision().publish()
    return EventPage.objects.get(pk=page.pk)


def plan(*courses: CoursePage, title: str = "Sourdough", price: int = 4900, **fields: Any) -> Plan:
    made = Plan(title=title, slug=slugify(title), price_minor=price, **fields)
    made.save()
    made.courses.set(courses)
    made.save()
    return made
