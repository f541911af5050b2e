"""The only writer of this room's records.

watching: beginning, viewing, watching.  completing: lessons and courses.  sitting: attempts.  keeping: notes, bookmarks.
"""

from commerce.learning.actions.completing import NotFinished, finish
from commerce.learning.actions.keeping import (
    AlreadyBookmarked,
    Moment,
    TooManyKept,
    bookmark,
    change_bookmark,
    change_note,
    forget,
    note,
)
from commerce.learning.actions.sitting import (
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
from commerce.learning.actions.watching import (
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
