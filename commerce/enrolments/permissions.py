"""Who may attend a lesson, cancel enrolments and registrations, and promote from a waiting list."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from academies.kernel import clock, policies
from catalog.courses.models import CourseInstructor, LessonPage
from catalog.courses.models.lesson import is_hidden_above
from catalog.library.visibility import open_to
from commerce.enrolments.models import Enrolment, Entitlement

_LEVELS_BELOW_COURSE = 2


@policies.register("courses.attend")
def may_attend(person: Any, lesson: LessonPage) -> bool:
    """Return whether a person may attend a lesson: anybody a free preview, else the enrolled, its teachers and editors.

    Enrolled means an active or completed enrolment and a live entitlement. A lesson below an unpublished page is for
    editors only. One query for learners, two for others.
    """
    if lesson.free_preview and not is_hidden_above(lesson):
        return True
    if not person.is_authenticated:
        return False
    # The lesson's own permissions_for_user would query its workflow too.
    return _attends_or_teaches(person, lesson) or page_permission_policy.user_has_permission_for_instance(
        person, "change", lesson
    )


@policies.register("courses.read_files")
def may_read_files(person: Any, lesson: LessonPage) -> bool:
    """Return whether a person may read the files of a lesson: if they may attend it and no view restriction hides it.

    The lesson's page and the API check view restrictions themselves, but a file has no page that could. Restrictions don't
    apply to the enrolled. A shared password opens no files: it is known to a session, not to a person.
    """
    if not may_attend(person, lesson):
        return False
    if open_to(Page.objects.filter(pk=lesson.pk), person).exists():
        return True
    return person.is_authenticated and _course_of(lesson).filter(Exists(_attending(person))).exists()


def _attends_or_teaches(person: Any, lesson: LessonPage) -> bool:
    teaches = CourseInstructor.objects.filter(course=OuterRef("pk"), instructor__account=person)
    return _course_of(lesson).filter(Exists(_attending(person)) | Exists(teaches)).exists()


def _attending(person: Any) -> QuerySet[Enrolment]:
    """Return a person's enrolments with a live entitlement, for a subquery on course pages."""
    live = Entitlement.objects.live(clock.now()).opening(OuterRef("course_key")).filter(person=person)
    return Enrolment.objects.attending().filter(Exists(live), person=person, course_key=OuterRef("translation_key"))


def _course_of(lesson: LessonPage) -> QuerySet[Page]:
    """Return the course of a lesson; nothing if a page above the lesson is unpublished."""
    hidden = lesson.get_ancestors().filter(live=False)
    return Page.objects.filter(~Exists(hidden), path=lesson.path[: -_LEVELS_BELOW_COURSE * Page.steplen])


def _own_or(codename: str) -> policies.Policy:
    def policy(person: Any, thing: Any = None) -> bool:
        if not getattr(person, "is_active", False):
            return False
        return getattr(thing, "person_id", None) == person.pk or person.has_perm(f"enrolments.{codename}")

    return policy


may_cancel = policies.register("enrolments.cancel")(_own_or("cancel_enrolment"))
may_cancel_registration = policies.register("enrolments.cancel_registration")(_own_or("cancel_registration"))


@policies.register("enrolments.promote")
def may_promote(person: Any, registration: Any = None) -> bool:
    return bool(getattr(person, "is_active", False)) and person.has_perm("enrolments.promote_registration")
