"""`/api/v1/` of learning.  lectures: with progress.  quizzes: with attempts.  notes: and bookmarks."""

from commerce.learning.api_v1.lectures import (
    EnrolmentProgressView,
    LecturesView,
    LectureView,
    ProgressView,
    SectionsView,
)
from commerce.learning.api_v1.notes import (
    BookmarkView,
    EnrolmentBookmarksView,
    EnrolmentNotesView,
    LectureBookmarksView,
    LectureNotesView,
    NoteView,
)
from commerce.learning.api_v1.quizzes import AttemptView, QuizView, ResultView, SaveView, StartView, SubmitView

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
