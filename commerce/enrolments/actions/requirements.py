"""What a course requires for completion, stored at enrolment so that no editor's change completes or fails anybody."""

from datetime import datetime

from catalog.activities.registry import Completion
from catalog.courses import queries as courses
from catalog.courses.models import CoursePage
from commerce.enrolments import queries, rules
from commerce.enrolments.models import Enrolment, RequirementSet


def requirements_of(course: CoursePage, now: datetime) -> RequirementSet | None:
    """Return what a course requires as it is published now; None if it has no lesson."""
    lessons = courses.outline(course).lessons
    if not lessons:
        return None
    lesson_keys = sorted({lesson.key for lesson in lessons})
    quiz_keys = sorted({lesson.key for lesson in lessons if lesson.completion == Completion.PASSED})
    rule, needed_percent = course.completion_rule, course.completion_percent
    requirements, _ = RequirementSet.objects.get_or_create(
        course_key=course.translation_key,
        digest=rules.requirements_digest(
            rule=rule, needed_percent=needed_percent, lessons=lesson_keys, quizzes=quiz_keys
        ),
        defaults={
            "rule": rule,
            "needed_percent": needed_percent,
            "lesson_keys": lesson_keys,
            "quiz_keys": quiz_keys,
            "created_at": now,
        },
    )
    return requirements


def record_requirements(*, enrolment: Enrolment, now: datetime) -> None:
    """Store what the course requires for an enrolment from before it had a lesson. Call it under the row's lock."""
    course = queries.course_by_key(enrolment.course_key)
    if enrolment.requirement_set_id is None and course is not None:
        enrolment.requirement_set = requirements_of(course, now)
        enrolment.save(update_fields=["requirement_set"])
