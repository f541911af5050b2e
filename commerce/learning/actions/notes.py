"""What learners keep for themselves: notes and bookmarks."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from academies.kernel import errors
from catalog.courses.models import LessonPage
from commerce.enrolments.models import Enrolment
from commerce.learning.models import Bookmark, Note

# Of notes, and of bookmarks, beside the lessons of one course: more than anybody finds their way in.
MOST_KEPT = 1000


@dataclass(frozen=True)
class Moment:
    """What a bookmark points at.  at_seconds: None for the lesson as a whole."""

    title: str = ""
    at_seconds: int | None = None


class AlreadyBookmarked(errors.Conflict):
    code = "already_bookmarked"
    message = "There is a bookmark at this moment already."


class TooManyKept(errors.Conflict):
    code = "too_many_kept"
    message = "There is room for a thousand notes and a thousand bookmarks in a course. Remove one first."


def note(*, enrolment: Enrolment, lesson: LessonPage, text: str, at_seconds: int | None) -> Note:
    """Raises TooManyKept."""
    _room(enrolment.notes)
    return Note.objects.create(enrolment=enrolment, lesson_key=lesson.translation_key, text=text, at_seconds=at_seconds)


def change_note(*, note: Note, text: str, at_seconds: int | None) -> Note:
    note.text, note.at_seconds = text, at_seconds
    note.save(update_fields=["text", "at_seconds", "updated_at"])
    return note


def bookmark(*, enrolment: Enrolment, lesson: LessonPage, moment: Moment) -> tuple[Bookmark, bool]:
    """Return the bookmark at a moment and whether it is new; an old one takes the new title. Raises TooManyKept."""
    there = {"lesson_key": lesson.translation_key, "at_seconds": moment.at_seconds}
    if not enrolment.bookmarks.filter(**there).exists():
        _room(enrolment.bookmarks)
    return Bookmark.objects.update_or_create(enrolment=enrolment, **there, defaults={"title": moment.title})


def change_bookmark(*, bookmark: Bookmark, moment: Moment) -> Bookmark:
    """Raises AlreadyBookmarked when another one points at the moment."""
    bookmark.title, bookmark.at_seconds = moment.title, moment.at_seconds
    try:
        with transaction.atomic():
            bookmark.save(update_fields=["title", "at_seconds"])
    except IntegrityError as error:
        raise AlreadyBookmarked() from error
    return bookmark


def forget(*, kept: Note | Bookmark) -> None:
    kept.delete()


def _room(kept: Any) -> None:
    if kept.count() >= MOST_KEPT:
        raise TooManyKept()
