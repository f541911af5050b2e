"""What this room tells the others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LessonCompleted:
    """Somebody has completed a lesson, for the first time."""

    enrolment_id: str
    lesson_key: str


@dataclass(frozen=True)
class CourseCompleted:
    """Somebody has met the completion rule of a course. Told once for each enrolment."""

    enrolment_id: str
