"""Reads about learning.  lesson_access: one lesson and one learner.  courses: a whole outline.  attempts.  files.  affected."""

from commerce.learning.queries.affected import Touched, course_path, touched_by
from commerce.learning.queries.attempts import QuizState, attempts, own_attempt, quiz_state, report
from commerce.learning.queries.courses import (
    Next,
    Standing,
    lesson_of_key,
    lessons_under,
    next_lessons,
    pages_of,
    progress_by_lesson,
    progress_by_page,
    standing,
)
from commerce.learning.queries.files import is_listed, is_public, lessons_using
from commerce.learning.queries.lesson_access import Place, place

__all__ = [
    "Next",
    "Place",
    "QuizState",
    "Standing",
    "Touched",
    "attempts",
    "course_path",
    "is_listed",
    "is_public",
    "lesson_of_key",
    "lessons_under",
    "lessons_using",
    "next_lessons",
    "own_attempt",
    "pages_of",
    "place",
    "progress_by_lesson",
    "progress_by_page",
    "quiz_state",
    "report",
    "standing",
    "touched_by",
]
