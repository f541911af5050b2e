"""What a cancelled or moved date means for the people who have a seat at it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from academies.outbox import actions as outbox
from commerce.enrolments.actions import locks, registers
from commerce.enrolments.facts import SeatGivenUp
from commerce.enrolments.models import Registration

Status, Cause = Registration.Status, Registration.Cause


def end_registrations(*, offering_id: UUID | str, words: str, now: datetime) -> int:
    """Cancel every live registration of a cancelled date, tell each person, and have every paid seat refunded in full.

    words: of the staff, for everybody to read.  Returns how many it ended.  One transaction a person: interrupted
    anywhere and called again, it goes on with those who are left.
    """
    live = Registration.objects.filter(offering=offering_id, status__in=Registration.LIVE)
    return sum(_end(pk, words, now) for pk in list(live.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _end(pk: UUID, words: str, now: datetime) -> bool:
    # The lock of the offering comes first, as everywhere: a payment may be confirming this seat right now.
    offering = locks.lock_offering(Registration.objects.values_list("offering", flat=True).get(pk=pk))
    registration = Registration.objects.select_related("person").get(pk=pk)
    if registration.status not in Registration.LIVE:
        return False
    before = registration.status
    registers.become(registration, Status.CANCELLED, now=now, cause=Cause.DATE_CANCELLED)
    if registration.source:
        fact = SeatGivenUp(
            str(pk), registration.source, Cause.DATE_CANCELLED.value, percent=100, reason=_("The date was cancelled.")
        )
        outbox.publish(fact, key=f"date_cancelled:{pk}")
    if offering.ends_at > now:
        paid = before == Status.CONFIRMED and bool(registration.source) and offering.price_minor > 0
        registers.tell("date_cancelled", registration, offering, now, words=words, paid=paid, before=str(before))
    return True
