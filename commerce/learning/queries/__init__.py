"""Reads about learning.  places: one lesson and one learner.  courses: a whole outline.  attempts.  files."""

from commerce.learning.queries.attempts import QuizState, attempts, own_attempt, quiz_state, report
from commerce.learning.queries.courses import (
    Next,
    Standing,
    course_at,
    course_path,
    is_under_way,
    lesson_of_key,
    lessons_under,
    next_lessons,
    pages_of,
    path_above,
    progress_by_lesson,
    progress_by_page,
    standing,
    under_way,
)
from commerce.learning.queries.files import is_listed, is_public, lessons_using
from commerce.learning.queries.places import Place, place

__all__ = [
    "Next",
    "Place",
    "QuizState",
    "Standing",
    "attempts",
    "course_at",
    "course_path",
    "is_listed",
    "is_public",
    "is_under_way",
    "lesson_of_key",
    "lessons_under",
    "lessons_using",
    "next_lessons",
    "own_attempt",
    "pages_of",
    "path_above",
    "place",
    "progress_by_lesson",
    "progress_by_page",
    "quiz_state",
    "report",
    "standing",
    "under_way",
]
