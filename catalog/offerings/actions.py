"""What happens to a date itself. Domain events let other apps notify and refund people."""

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
from catalog.offerings.facts import DateCancelled
from catalog.offerings.models import Offering


class DateIsOver(errors.Conflict):
    code = "date_is_over"
    message = _("This date is over, so it can't be cancelled. Refund people from their orders instead.")


def lock(pk: UUID) -> Offering:
    """Return a date under the lock of its row: until commit nobody else counts its seats, gives them or changes it.

    The lock lets foreign keys be inserted. Counting begins after it, so READ COMMITTED shows what others committed.
    """
    return Offering.objects.select_for_update(no_key=True).get(pk=pk)


@transaction.atomic
def cancel_date(*, offering: Offering, by: User | None, words: str = "", now: datetime) -> Offering:
    """Cancel a date for good. Nobody gets a seat any more; people with a seat are notified and refunded after commit.

    words: what everybody reads in the mail, beside what we say.  Locks the offering, so a payment that arrives meanwhile
    is either before it, and refunded, or after it, and sent back.  Cancelled already: nothing happens.
    Raises DateIsOver.
    """
    locked = lock(offering.pk)
    if locked.status == Offering.Status.CANCELLED:
        return locked
    if locked.ends_at <= now:
        raise DateIsOver()
    Offering.objects.filter(pk=locked.pk).update(
        status=Offering.Status.CANCELLED, cancelled_at=now, changed_at=now, sequence=F("sequence") + 1
    )
    locked.refresh_from_db()
    journal.record("offerings.date_cancelled", of=locked, by=by, at=now, words=words)
    outbox.publish(DateCancelled(str(locked.pk), words), key=f"date_cancelled:{locked.pk}")
    cache_version.bump()
    return locked
