"""The row locks of this app.

Always lock in this order: checkout's own rows, offerings by id, people by id, enrolments.
"""

from collections.abc import Iterable
from uuid import UUID

from academies.people.models import User
from catalog.offerings import actions as offerings
from catalog.offerings.models import Offering


def lock_offering(pk: UUID) -> Offering:
    """Lock an offering's row: until commit nobody else counts or assigns its seats, or cancels it."""
    return offerings.lock(pk)


def lock_people(ids: Iterable[UUID]) -> None:
    """Lock people's rows: until commit nobody else changes their access."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk").values_list("pk"))
