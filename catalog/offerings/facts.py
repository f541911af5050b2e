"""Domain events of dates."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DateCancelled:
    """A date does not take place.  words: what the staff want everybody to read, or nothing."""

    offering_id: str
    words: str = ""
