"""Warnings for editors before they remove lessons from a course."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from commerce.learning import queries


def warnings(pages: Iterable[Page], act: str) -> list[str]:
    """Return a warning for each affected course.  act: unpublish, delete or move; other acts affect nobody."""
    if act not in ("unpublish", "delete", "move"):
        return []
    return [_warning(course, act) for course in queries.affected_courses(pages)]


def _warning(course: queries.AffectedCourse, act: str) -> str:
    learners = ngettext(
        "%(count)d learner is taking %(course)s.", "%(count)d learners are taking %(course)s.", course.in_progress
    ) % {"count": course.in_progress, "course": course.course_title}
    if not course.missing:
        note = _("All of them have completed the lessons that you remove, and keep their progress.")
        return f"{learners} {note}"
    missing = ngettext(
        "%(count)d of them has not completed the lessons that you remove.",
        "%(count)d of them have not completed the lessons that you remove.",
        course.missing,
    ) % {"count": course.missing}
    if act == "unpublish":
        consequence = _("They can't complete the course until the lessons are published again.")
    else:
        consequence = _(
            "The lessons stay required for them, so they can't complete the course unless you relax its completion rule."
        )
    return f"{learners} {missing} {consequence}"
