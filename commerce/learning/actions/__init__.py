"""The only code that writes progress, attempts, notes and bookmarks.

progress: opening, viewing and watching lessons.  completion: of lessons and courses.  attempts: at quizzes.  notes: and bookmarks.
"""

from commerce.learning.actions.attempts import (
    AlreadySubmitted,
    AttemptNotSubmitted,
    DeadlinePassed,
    InvalidAnswers,
    NoAttemptsLeft,
    NotAQuiz,
    close_if_overdue,
    close_overdue_attempts,
    save_answers,
    start_attempt,
    submit_attempt,
)
from commerce.learning.actions.completion import CourseNotComplete, complete_course
from commerce.learning.actions.notes import (
    AlreadyBookmarked,
    BookmarkPosition,
    TooManyNotes,
    create_note,
    delete,
    set_bookmark,
    update_bookmark,
    update_note,
)
from commerce.learning.actions.progress import (
    LessonNotFound,
    WrongLessonKind,
    mark_viewed,
    open_lesson,
    record_all_watched,
    record_watched,
    require_lesson_access,
    start_lesson,
)

__all__ = [
    "AlreadyBookmarked",
    "AlreadySubmitted",
    "AttemptNotSubmitted",
    "BookmarkPosition",
    "CourseNotComplete",
    "DeadlinePassed",
    "InvalidAnswers",
    "LessonNotFound",
    "NoAttemptsLeft",
    "NotAQuiz",
    "TooManyNotes",
    "WrongLessonKind",
    "close_if_overdue",
    "close_overdue_attempts",
    "complete_course",
    "create_note",
    "delete",
    "mark_viewed",
    "open_lesson",
    "record_all_watched",
    "record_watched",
    "require_lesson_access",
    "save_answers",
    "set_bookmark",
    "start_attempt",
    "start_lesson",
    "submit_attempt",
    "update_bookmark",
    "update_note",
]
