"""JSON doors of learning.  lectures: reading and progress.  quizzes: attempts.  keeping: notes and bookmarks."""

from commerce.learning.api.keeping import (
    BookmarkView,
    EnrolmentBookmarksView,
    EnrolmentNotesView,
    LectureBookmarksView,
    LectureNotesView,
    NoteView,
)
from commerce.learning.api.lectures import (
    EnrolmentProgressView,
    LecturesView,
    LectureView,
    ProgressView,
    SectionsView,
)
from commerce.learning.api.quizzes import AttemptView, QuizView, ResultView, SaveView, StartView, SubmitView

__all__ = [
    "AttemptView",
    "BookmarkView",
    "EnrolmentBookmarksView",
    "EnrolmentNotesView",
    "EnrolmentProgressView",
    "LectureBookmarksView",
    "LectureNotesView",
    "LectureView",
    "LecturesView",
    "NoteView",
    "ProgressView",
    "QuizView",
    "ResultView",
    "SaveView",
    "SectionsView",
    "StartView",
    "SubmitView",
]
