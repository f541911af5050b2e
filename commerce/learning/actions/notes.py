"""Notes and bookmarks of learners."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from academies.kernel import errors
from catalog.courses.models import LessonPage
from commerce.enrolments.models import Enrolment
from commerce.learning.models import Bookmark, Note

# Notes, and as many bookmarks, of one person in one course.
MAX_PER_COURSE = 1000


@dataclass(frozen=True)
class BookmarkPosition:
    """What a bookmark points at.  at_seconds: None for the whole lesson."""

    title: str = ""
    at_seconds: int | None = None


class AlreadyBookmarked(errors.Conflict):
    code = "already_bookmarked"
    message = gettext_lazy("This position already has a bookmark.")


class TooManyNotes(errors.Conflict):
    code = "too_many_kept"
    message = gettext_lazy("You can keep up to 1,000 notes and 1,000 bookmarks in a course. Delete one first.")


def create_note(*, enrolment: Enrolment, lesson: LessonPage, text: str, at_seconds: int | None) -> Note:
    """Raises TooManyNotes."""
    _check_limit(enrolment.notes)
    return Note.objects.create(enrolment=enrolment, lesson_key=lesson.translation_key, text=text, at_seconds=at_seconds)


def update_note(*, note: Note, text: str, at_seconds: int | None) -> Note:
    note.text, note.at_seconds = text, at_seconds
    note.save(update_fields=["text", "at_seconds", "updated_at"])
    return note


def set_bookmark(*, enrolment: Enrolment, lesson: LessonPage, position: BookmarkPosition) -> tuple[Bookmark, bool]:
    """Create a bookmark, or change the title of the one at this position. Returns it, and whether it is new.

    Raises TooManyNotes.
    """
    lookup = {"lesson_key": lesson.translation_key, "at_seconds": position.at_seconds}
    if not enrolment.bookmarks.filter(**lookup).exists():
        _check_limit(enrolment.bookmarks)
    return Bookmark.objects.update_or_create(enrolment=enrolment, **lookup, defaults={"title": position.title})


def update_bookmark(*, bookmark: Bookmark, position: BookmarkPosition) -> Bookmark:
    """Raises AlreadyBookmarked if another bookmark has this position."""
    bookmark.title, bookmark.at_seconds = position.title, position.at_seconds
    try:
        with transaction.atomic():
            bookmark.save(update_fields=["title", "at_seconds"])
    except IntegrityError as error:
        raise AlreadyBookmarked() from error
    return bookmark


def delete(*, item: Note | Bookmark) -> None:
    item.delete()


def _check_limit(items: Any) -> None:
    if items.count() >= MAX_PER_COURSE:
        raise TooManyNotes()
