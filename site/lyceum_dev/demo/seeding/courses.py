"""Creates a course with its sections and lessons, published as an editor would."""

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
def seed(content: loader.Course, schema: str, editor: User) -> None:
    """Create the whole course in one transaction, so that there is never half a course."""
    if CoursePage.objects.filter(slug=content.slug).exists():
        return
    course = publish(_page(content, schema, editor), CourseIndexPage.objects.get(), editor)
    for section in content.sections:
        above = SectionPage(title=section.title, slug=slugify(section.title), summary=section.summary)
        publish(above, course, editor)
        for lesson in section.lessons:
            path = f"{schema}/{content.slug}/{section.title}/{lesson.title}"
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


def _page(content: loader.Course, schema: str, editor: User) -> CoursePage:
    page = CoursePage(
        title=content.title,
        slug=content.slug,
        cover=library.picture(content.picture, f"Cover: {content.title}", schema, editor),
        category=Category.objects.get(slug=content.category),
        description=prose.html(content.description),
        outcomes=[("outcome", outcome) for outcome in content.outcomes],
        faq=[("question", dict(entry)) for entry in content.faq],
        search_description=content.terms["summary"],
        **content.terms,
    )
    page.course_instructors = [
        CourseInstructor(instructor=Instructor.objects.get(slug=slug), sort_order=order)
        for order, slug in enumerate(content.instructors)
    ]
    return page


def publish(page: Page, parent: Page, editor: User) -> Page:
    """Add a page below another and publish its first revision, with the usual log entries."""
    page.live, page.owner = False, editor
    parent.add_child(instance=page)
    page.save_revision(user=editor, log_action=True).publish(user=editor)
    return page
