"""Move dates that people hold seats for, and keep them unchanged until an editor confirms the move."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from academies.journal import actions as journal
from academies.kernel import errors
from academies.outbox import actions as outbox
from academies.people.models import User
from academies.tenants import cache_version
from catalog.events import promises
from catalog.events.facts import DateMoved
from catalog.events.models import EventPage
from catalog.offerings import people
from catalog.offerings.models import Offering


class MoveIntoThePast(errors.Conflict):
    code = "moved_into_the_past"
    message = _("A date that people hold seats for can't be moved into the past. Cancel it instead.")


@transaction.atomic
def move_dates(*, page: EventPage, by: User | None, tell: bool, now: datetime) -> int:
    """Move dates that people hold seats for to the times and the place that a draft of their page has.

    tell: whether everybody with a seat, one held or a place in line is written to, after commit.  Who registered before
    may give their seat up for all their money either way.  Returns how many were moved; again, none is.
    Raises MoveIntoThePast.
    """
    list(Offering.objects.select_for_update(no_key=True).filter(page=page.pk).order_by("pk"))
    stored = EventPage.objects.select_for_update(no_key=True, of=("self",)).get(pk=page.pk)
    moves = promises.moves_in(page, stored, now)
    if any(move.date.ends_at <= now for move in moves):
        raise MoveIntoThePast()
    for move in moves:
        Offering.objects.filter(pk=move.was.pk).update(starts_at=move.date.starts_at, ends_at=move.date.ends_at)
        _note_move(move.was.pk, started_at=move.was.starts_at if move.changes_start else None, now=now)
        journal.record(
            "events.date_moved", of=move.was, by=by, at=now, told=tell,
            starts_at=move.was.starts_at.isoformat(), to=move.date.starts_at.isoformat(),
        )  # fmt: skip
        if tell:
            outbox.publish(_fact(move.was, stored))
    if moves:
        EventPage.objects.filter(pk=page.pk).update(venue=page.venue_id, attendance=page.attendance)
        cache_version.bump()
    return len(moves)


def _fact(was: Offering, page: EventPage) -> DateMoved:
    return DateMoved(
        offering_id=str(was.pk), number=was.sequence + 1, starts_at=was.starts_at.isoformat(),
        ends_at=was.ends_at.isoformat(), venue_id=page.venue_id, attendance=page.attendance,
    )  # fmt: skip


def keep_dates(*, page: EventPage, now: datetime) -> None:
    """Put back what a page may not change by being saved, and count the changes of other dates for calendars.

    Locks the dates of the page, so that nobody takes a seat between the count and the save. Call it in a transaction.
    page: about to be saved; changed in memory only.
    """
    stored = EventPage.objects.filter(pk=page.pk).first()
    if stored is None:
        return
    rows = {row.pk: row for row in Offering.objects.select_for_update(no_key=True).filter(page=page.pk).order_by("pk")}
    held = people.at(rows)
    if any(held[pk].all and promises.is_ahead(row, now) for pk, row in rows.items()):
        page.venue_id, page.attendance = stored.venue_id, stored.attendance
    elsewhere = promises.place_of(page) != promises.place_of(stored)
    for date in page.offerings.all():
        row = rows.get(date.pk)
        if row is None:
            continue
        if held[row.pk].all:
            date.starts_at, date.ends_at = row.starts_at, row.ends_at
            date.seats = _enough_seats(date.seats, row.seats, held[row.pk].taken)
        elif stored.live and (elsewhere or promises.time_of(row) != promises.time_of(date)):
            _note_move(row.pk, started_at=row.starts_at if row.starts_at != date.starts_at else None, now=now)


def _note_move(pk: UUID, *, started_at: datetime | None, now: datetime) -> None:
    """Write that a date was moved.  started_at: when it was to begin, None where only its end or place changed."""
    before = {"previous_starts_at": started_at} if started_at else {}
    Offering.objects.filter(pk=pk).update(moved_at=now, changed_at=now, sequence=F("sequence") + 1, **before)


def _enough_seats(requested: int | None, seats: int | None, taken: int) -> int | None:
    if requested is None or requested >= taken:
        return requested
    return taken if seats is None else min(seats, taken)
