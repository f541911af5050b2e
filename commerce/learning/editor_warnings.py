"""What an editor is told before lessons leave a course."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from commerce.learning import queries


def warnings(pages: Iterable[Page], act: str) -> list[str]:
    """Return a sentence or two a course.  act: unpublish, delete or move; others touch nobody."""
    if act not in ("unpublish", "delete", "move"):
        return []
    return [_sentence(touched, act) for touched in queries.touched_by(pages)]


def _sentence(touched: queries.Touched, act: str) -> str:
    learners = ngettext(
        "%(count)d learner is taking %(course)s.", "%(count)d learners are taking %(course)s.", touched.under_way
    ) % {"count": touched.under_way, "course": touched.course_title}
    if not touched.missing:
        return f"{learners} {_('All of them have completed what you take away, and keep it.')}"
    missing = ngettext(
        "%(count)d of them has not completed what you take away.",
        "%(count)d of them have not completed what you take away.",
        touched.missing,
    ) % {"count": touched.missing}
    if act == "unpublish":
        after = _("They can't complete the course until it is published again; nobody completes it because it is gone.")
    else:
        after = _(
            "They are still asked for it, so they can't complete the course unless you ease its completion rule; nobody "
            "completes it because it is gone."
        )
    return f"{learners} {missing} {after}"
