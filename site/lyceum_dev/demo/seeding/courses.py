"""A course with its sections and lessons, published as an editor would."""

from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Page

from academies.people.models import User
from catalog.courses.models import (
    Category,
    CourseIndexPage,
    CourseInstructor,
    CoursePage,
    Instructor,
    LessonPage,
    SectionPage,
)
from lyceum_dev.demo import loader, prose
from lyceum_dev.demo.seeding import activities, library


@transaction.atomic
def plant(wanted: loader.Course, schema: str, editor: User) -> None:
    """Write the whole course in one transaction, so that half a course is never there."""
    if CoursePage.objects.filter(slug=wanted.slug).exists():
        return
    course = publish(_page(wanted, schema, editor), CourseIndexPage.objects.get(), editor)
    for section in wanted.sections:
        above = SectionPage(title=section.title, slug=slugify(section.title), summary=section.summary)
        publish(above, course, editor)
        for lesson in section.lessons:
            path = f"{schema}/{wanted.slug}/{section.title}/{lesson.title}"
            page = LessonPage(
                title=lesson.title,
                slug=slugify(lesson.title),
                minutes=lesson.minutes,
                free_preview=lesson.free_preview,
                activity=LessonPage._meta.get_field("activity").to_python(
                    activities.stream(lesson, schema=schema, path=path, editor=editor)
                ),
            )
            publish(page, above, editor)


def _page(wanted: loader.Course, schema: str, editor: User) -> CoursePage:
    page = CoursePage(
        title=wanted.title,
        slug=wanted.slug,
        cover=library.picture(wanted.picture, f"Cover: {wanted.title}", schema, editor),
        category=Category.objects.get(slug=wanted.category),
        description=prose.html(wanted.description),
        outcomes=[("outcome", outcome) for outcome in wanted.outcomes],
        faq=[("question", dict(one)) for one in wanted.faq],
        search_description=wanted.terms["summary"],
        **wanted.terms,
    )
    page.course_instructors = [
        CourseInstructor(instructor=Instructor.objects.get(slug=slug), sort_order=order)
        for order, slug in enumerate(wanted.instructors)
    ]
    return page


def publish(page: Page, parent: Page, editor: User) -> Page:
    """Add a page below another and publish its first revision, with the history that this leaves in the admin."""
    page.live, page.owner = False, editor
    parent.add_child(instance=page)
    page.save_revision(user=editor, log_action=True).publish(user=editor)
    return page
