"""Reads about learning, by module.

lesson_access: of a person to a lesson.  courses: lessons and progress.  attempts: at quizzes.
files: of lessons.  affected: learners, when lessons are removed.
"""

from commerce.learning.queries.affected import AffectedCourse, affected_courses, course_path
from commerce.learning.queries.attempts import QuizState, attempts_of, own_attempt, quiz_state, report
from commerce.learning.queries.courses import (
    CourseProgress,
    NextLesson,
    course_progress,
    lesson_by_key,
    lesson_page_ids,
    lessons_under,
    next_lessons,
    progress_by_lesson,
    progress_by_page,
)
from commerce.learning.queries.files import lessons_using
from commerce.learning.queries.lesson_access import LessonAccess, lesson_access_of

__all__ = [
    "AffectedCourse",
    "CourseProgress",
    "LessonAccess",
    "NextLesson",
    "QuizState",
    "affected_courses",
    "attempts_of",
    "course_path",
    "course_progress",
    "lesson_access_of",
    "lesson_by_key",
    "lesson_page_ids",
    "lessons_under",
    "lessons_using",
    "next_lessons",
    "own_attempt",
    "progress_by_lesson",
    "progress_by_page",
    "quiz_state",
    "report",
]
