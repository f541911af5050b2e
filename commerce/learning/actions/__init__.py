"""The only writer of this room's records.

progress: opening, viewing and watching lessons.  completion: of lessons and courses.  attempts: at quizzes.  notes: and bookmarks.
"""

from commerce.learning.actions.attempts import (
    AlreadySubmitted,
    DeadlinePassed,
    NoAttemptsLeft,
    NotAnswers,
    NotAQuiz,
    NotSubmitted,
    close_if_over,
    close_overdue,
    save,
    start,
    submit,
)
from commerce.learning.actions.completion import NotFinished, finish
from commerce.learning.actions.notes import (
    AlreadyBookmarked,
    Moment,
    TooManyKept,
    bookmark,
    change_bookmark,
    change_note,
    forget,
    note,
)
from commerce.learning.actions.progress import (
    LessonNotHere,
    NotThisWay,
    begin,
    open_lesson,
    take_place,
    view,
    watch,
    watch_all,
)

__all__ = [
    "AlreadyBookmarked",
    "AlreadySubmitted",
    "DeadlinePassed",
    "LessonNotHere",
    "Moment",
    "NoAttemptsLeft",
    "NotAQuiz",
    "NotAnswers",
    "NotFinished",
    "NotSubmitted",
    "NotThisWay",
    "TooManyKept",
    "begin",
    "bookmark",
    "change_bookmark",
    "change_note",
    "close_if_over",
    "close_overdue",
    "finish",
    "forget",
    "note",
    "open_lesson",
    "save",
    "start",
    "submit",
    "take_place",
    "view",
    "watch",
    "watch_all",
]
