"""What a cancelled or moved date means for the people who have a seat at it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Revision

from academies.notices import actions as notices
from academies.outbox import actions as outbox
from catalog.events import promises
from catalog.events.facts import DateMoved
from catalog.events.models import EventPage, Venue
from catalog.offerings.models import Offering
from commerce.enrolments import queries
from commerce.enrolments.actions import locks, registration_state
from commerce.enrolments.facts import SeatGivenUp
from commerce.enrolments.models import Registration

Status, Cause = Registration.Status, Registration.Cause


def end_registrations(*, offering_id: UUID | str, words: str, now: datetime) -> int:
    """Cancel every live registration of a cancelled date, tell each person, and have every paid seat refunded in full.

    words: of the staff, for everybody to read.  Returns how many it ended.  One transaction a person: interrupted
    anywhere and called again, it goes on with those who are left.
    """
    live = Registration.objects.filter(offering=UUID(str(offering_id)), status__in=Registration.LIVE)
    return sum(_end(pk, words, now) for pk in list(live.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _end(pk: UUID, words: str, now: datetime) -> bool:
    # The lock of the offering comes first, as everywhere: a payment may be confirming this seat right now.
    offering = locks.lock_offering(Registration.objects.values_list("offering", flat=True).get(pk=pk))
    registration = Registration.objects.select_related("person").get(pk=pk)
    if registration.status not in Registration.LIVE:
        return False
    before = registration.status
    registration_state.become(registration, Status.CANCELLED, now=now, cause=Cause.DATE_CANCELLED)
    if registration.source:
        fact = SeatGivenUp(
            str(pk), registration.source, Cause.DATE_CANCELLED.value, percent=100, reason=_("The date was cancelled.")
        )
        outbox.publish(fact, key=f"date_cancelled:{pk}")
    if offering.ends_at > now:
        paid = before == Status.CONFIRMED and bool(registration.source) and offering.price_minor > 0
        registration_state.tell(
            "date_cancelled", registration, offering, now, words=words, paid=paid, before=str(before)
        )
    return True


def tell_of_move(*, fact: DateMoved, now: datetime) -> int:
    """Write to everybody who has, holds or waits for a seat at a date that was moved. Returns to how many.

    Once for each move, however often it is called. Nobody is written to about a date that is over or was cancelled since.
    """
    offering = Offering.objects.select_related("page").get(pk=fact.offering_id)
    if offering.is_cancelled or offering.ends_at <= now:
        return 0
    old = _as_it_was(fact)
    people = Registration.objects.filter(offering=offering, status__in=Registration.LIVE).select_related("person")
    for registration in people.order_by("pk"):
        registration_state.tell(
            "date_moved", registration, offering, now, key=f"date_moved:{registration.pk}:{fact.number}",
            paid=bool(registration.source) and registration.status == Status.CONFIRMED,
            waiting=registration.status == Status.WAITLISTED, **old,
        )  # fmt: skip
    return len(people)


def tell_author_of_kept_dates(*, page: EventPage, draft: EventPage, revision: Revision, now: datetime) -> None:
    """Write to who wrote a draft that was published without asking them, where it left dates as people hold seats for them.

    page: as it is after the publication.  draft: as its author wrote it.  Does nothing where all of it was published.
    """
    kept = [
        _("%(old)s (the draft says: %(new)s)")
        % {
            "old": registration_state.time_and_place(move.was, page),
            "new": registration_state.time_and_place(move.date, draft),
        }
        for move in promises.moves_in(draft, page, now)
    ]
    kept += [
        _("%(date)s: seats stay at %(seats)d (the draft says: %(fewer)d)")
        % {"date": registration_state.time_and_place(row, page), "seats": row.seats, "fewer": date.seats}
        for row, date in promises.seat_cuts_in(draft)
    ]
    if kept and revision.user:
        notices.send(
            kind="dates_kept", key=f"dates_kept:{revision.pk}", person=revision.user, now=now, event=page.title,
            dates=kept, path=reverse("wagtailadmin_pages:edit", args=[page.pk]),
        )  # fmt: skip


def _as_it_was(fact: DateMoved) -> dict[str, str]:
    """Say when and where a date was before it was moved, by the clock of that place."""
    before = EventPage(venue=Venue.objects.filter(pk=fact.venue_id or 0).first(), attendance=fact.attendance)
    first, last = datetime.fromisoformat(fact.starts_at), datetime.fromisoformat(fact.ends_at)
    return {
        "old_time": registration_state.span(first, last, queries.zone_of(before)),
        "old_where": registration_state.where(before),
    }
