"""The only place that assigns a status: by the tables in rules.py, with one line in the journal for each change."""

from datetime import datetime
from typing import Any

from academies.journal import actions as journal
from academies.people.models import User
from commerce.checkout import rules
from commerce.checkout.models import Order, PaymentAttempt, Refund

_MACHINES: dict[type, tuple[str, rules.Table]] = {
    Order: ("order", rules.ORDER),
    PaymentAttempt: ("payment", rules.ATTEMPT),
    Refund: ("refund", rules.REFUND),
}
_ENDED = {"cancelled", "expired", "failed", "done", "refunded"}


def move(
    row: Order | PaymentAttempt | Refund, to: str, /, *, now: datetime, by: User | None = None, **details: Any
) -> None:
    """Give a locked row its next status and save all of it. Raises ImpossibleTransition.

    details: JSON for the journal.
    """
    name, table = _MACHINES[type(row)]
    before = str(row.status)
    rules.check(table, before, to)
    row.status = to
    row.ended_at = now if to in _ENDED else None
    row.save()
    journal.record(f"checkout.{name}_{to}", of=row, by=by, at=now, before=before, **details)
