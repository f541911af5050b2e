"""Status machines: which status of a record may follow which.

An app declares one `Transitions` for each status field in its `rules.py`. Only `academies.journal.actions.transition`
assigns such a status: it asks the table and writes the history (who, when, from, to, why) to the journal, which is
append-only, so the machines need no history tables of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass


class InvalidTransition(Exception):
    """A programming error: the caller asked for a change of status that the table does not allow."""


@dataclass(frozen=True)
class Transitions:
    """The status machine of one kind of record.

    name: what the verbs of its history begin with, such as `checkout.order`.
    allowed: for each status, those that may follow; "" is a record that is not stored yet.
    """

    name: str
    allowed: Mapping[str, frozenset[str]]

    def check(self, current: str, new: str) -> None:
        """Raise InvalidTransition unless `current` may become `new`."""
        if new not in self.allowed[current]:
            raise InvalidTransition(f"{self.name}: {current or 'a new record'} can't become {new}")
