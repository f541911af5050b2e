"""What people were promised stays, whoever publishes an event, and when: by hand, for many pages, by approval, by the clock.

A date that people hold seats for is moved by `actions.move_dates`, after somebody was asked; until then `actions.keep_dates`,
called whenever an event is saved, keeps its time and place, and never fewer seats than are taken. Other dates change as
the editor writes them.
"""

from dataclasses import dataclass
from datetime import datetime

from catalog.events.models import EventPage
from catalog.offerings import people
from catalog.offerings.models import Offering
from catalog.offerings.types import People


@dataclass(frozen=True)
class Move:
    """How a draft would move a date that people hold seats for.  was: as it is now.  date: as the draft has it."""

    was: Offering
    date: Offering
    people: People

    @property
    def changes_start(self) -> bool:
        return self.was.starts_at != self.date.starts_at


def moves_in(page: EventPage, stored: EventPage, now: datetime) -> list[Move]:
    """Return how a page, as a draft has it, would move dates that people hold seats for and that aren't over.

    stored: the same page as visitors read it.
    """
    rows = {row.pk: row for row in Offering.objects.filter(page=page.pk).order_by("starts_at", "pk")}
    written = {date.pk: date for date in page.offerings.all()}
    held, elsewhere = people.at(rows), place_of(page) != place_of(stored)
    return [
        Move(row, written[pk], held[pk])
        for pk, row in rows.items()
        if pk in written and held[pk].all and is_ahead(row, now) and (elsewhere or time_of(row) != time_of(written[pk]))
    ]


def seat_cuts_in(page: EventPage) -> list[tuple[Offering, Offering]]:
    """Return the dates that a draft gives fewer seats than are taken: each as it is now and as the draft has it."""
    written = {date.pk: date for date in page.offerings.all()}
    rows = {row.pk: row for row in Offering.objects.filter(page=page.pk, pk__in=written).order_by("starts_at", "pk")}
    held = people.at(rows)
    pairs = [(row, written[pk]) for pk, row in rows.items()]
    return [
        (row, date)
        for row, date in pairs
        if date.seats is not None and date.seats != row.seats and date.seats < held[row.pk].taken
    ]


def is_ahead(date: Offering, now: datetime) -> bool:
    return not date.is_cancelled and date.ends_at > now


def time_of(date: Offering) -> tuple[datetime, datetime]:
    return date.starts_at, date.ends_at


def place_of(page: EventPage) -> tuple[int | None, str]:
    return page.venue_id, page.attendance
