"""What a cancelled or moved date means for the people registered for it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Revision

from academies.kernel import faultpoints
from academies.notifications import actions as notices
from academies.outbox import actions as outbox
from academies.tenants.languages import page_language
from catalog.events import promises
from catalog.events.facts import DateMoved
from catalog.events.models import EventPage, Venue
from catalog.offerings.models import Offering
from commerce.enrolments import formats, queries
from commerce.enrolments.actions import locks, registration_state
from commerce.enrolments.actions.registration_emails import notify
from commerce.enrolments.facts import SeatReleased
from commerce.enrolments.models import Registration

Status, Cause = Registration.Status, Registration.Cause


def end_registrations(*, offering_id: UUID | str, message: str, now: datetime) -> int:
    """Cancel every live registration of a cancelled date, email each person, and refund every paid seat in full.

    message: from the staff, quoted in the email.  Returns how many it cancelled.  One transaction per person: after an
    interruption, call it again for those who are left.
    """
    live = Registration.objects.filter(offering=UUID(str(offering_id)), status__in=Registration.LIVE)
    return sum(_end_registration(pk, message, now) for pk in list(live.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _end_registration(pk: UUID, message: str, now: datetime) -> bool:
    faultpoints.reach("enrolments.cancel_date.registration")
    # The lock of the offering comes first, as everywhere: a payment may be confirming this seat right now.
    offering = locks.lock_offering(Registration.objects.values_list("offering", flat=True).get(pk=pk))
    registration = Registration.objects.select_related("person").get(pk=pk)
    if registration.status not in Registration.LIVE:
        return False
    before = registration.status
    registration_state.set_status(registration, Status.CANCELLED, now=now, cause=Cause.DATE_CANCELLED)
    if registration.source:
        fact = SeatReleased(
            str(pk), registration.source, Cause.DATE_CANCELLED.value, percent=100, reason=_("The date was cancelled.")
        )
        outbox.publish(fact, key=f"date_cancelled:{pk}")
    if offering.ends_at > now:
        paid = before == Status.CONFIRMED and bool(registration.source) and offering.price_minor > 0
        notify("date_cancelled", registration, offering, now, words=message, paid=paid, before=str(before))
    return True


def notify_of_move(*, fact: DateMoved, now: datetime) -> int:
    """Email everybody with a live registration at a date that was moved. Returns how many people that is.

    Once for each move, however often it is called. Nobody is emailed about a date that is over or was cancelled since.
    """
    offering = Offering.objects.select_related("page").get(pk=fact.offering_id)
    if offering.is_cancelled or offering.ends_at <= now:
        return 0
    previous = _before_move(fact)
    registrations = Registration.objects.filter(offering=offering, status__in=Registration.LIVE)
    registrations = registrations.select_related("person").order_by("pk")
    for registration in registrations:
        notify(
            "date_moved", registration, offering, now, key=f"date_moved:{registration.pk}:{fact.number}",
            paid=bool(registration.source) and registration.status == Status.CONFIRMED,
            waiting=registration.status == Status.WAITLISTED, **previous,
        )  # fmt: skip
    return len(registrations)


def notify_author_of_kept_dates(*, page: EventPage, draft: EventPage, revision: Revision, now: datetime) -> None:
    """Email the author of a published draft about the dates that were kept as they are, because people registered.

    page: as published.  draft: as its author wrote it.  Sends nothing if every change was published.
    """
    with translation.override(page_language()):
        kept_dates = [*_kept_moves(page, draft, now), *_kept_seats(page, draft)]
    if kept_dates and revision.user:
        notices.send(
            kind="dates_kept", key=f"dates_kept:{revision.pk}", person=revision.user, now=now, event=page.title,
            dates=kept_dates, path=reverse("wagtailadmin_pages:edit", args=[page.pk]),
        )  # fmt: skip


def _kept_moves(page: EventPage, draft: EventPage, now: datetime) -> list[str]:
    return [
        _("%(old)s (the draft says: %(new)s)")
        % {
            "old": formats.format_period_and_place(move.was, page),
            "new": formats.format_period_and_place(move.date, draft),
        }
        for move in promises.moves_in(draft, page, now)
    ]


def _kept_seats(page: EventPage, draft: EventPage) -> list[str]:
    return [
        _("%(date)s: seats stay at %(seats)d (the draft says: %(fewer)d)")
        % {"date": formats.format_period_and_place(row, page), "seats": row.seats, "fewer": date.seats}
        for row, date in promises.seat_cuts_in(draft)
    ]


def _before_move(fact: DateMoved) -> dict[str, str]:
    """Return when and where a date was before it was moved, in the time zone of that place."""
    before = EventPage(venue=Venue.objects.filter(pk=fact.venue_id or 0).first(), attendance=fact.attendance)
    starts_at, ends_at = datetime.fromisoformat(fact.starts_at), datetime.fromisoformat(fact.ends_at)
    with translation.override(page_language()):
        period = formats.format_period(starts_at, ends_at, queries.time_zone_of(before))
        return {"old_time": period, "old_where": formats.format_place(before)}
