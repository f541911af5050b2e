"""Reads for the front door."""

from typing import Any

from catalog.courses.queries import public_courses, with_card
from catalog.events.queries import next_dates

COURSES_SHOWN = 6
DATES_SHOWN = 4


def front() -> dict[str, Any]:
    """Return what the home page shows besides its own words: the newest courses, the next dates. Six queries at most."""
    newest = public_courses().order_by("-first_published_at", "-pk")
    return {"courses": list(with_card(newest)[:COURSES_SHOWN]), "offerings": next_dates(DATES_SHOWN)}
