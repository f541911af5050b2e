"""Who may attend."""

from typing import Any

from academies.kernel import policies
from catalog.courses.models import LessonPage
from catalog.courses.models.lesson import course_of
from commerce.enrolments import queries


@policies.register("courses.attend")
def may_attend(person: Any, lesson: LessonPage) -> bool:
    """Free previews are for everybody; other lessons for the entitled and for those who may edit them."""
    if lesson.free_preview:
        return True
    if not person.is_authenticated:
        return False
    return (
        queries.is_entitled(person, course_of(lesson).translation_key) or lesson.permissions_for_user(person).can_edit()
    )
