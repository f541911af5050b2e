"""The only code that writes enrolments, entitlements and registrations.

access: entitlements and enrolments.  periods: access for a number of days.  requirements: of a course, at enrolment.
seats: register, hold, confirm, cancel.  waiting_list: promotion.  dates: people of a cancelled or moved date.
registration_state, registration_emails, locks: shared by these.
"""

from commerce.enrolments.actions.access import (
    AlreadyCompleted,
    AlreadyEnrolled,
    NotEnrolled,
    PaymentRequired,
    cancel_enrolment,
    complete,
    enrol,
    enrol_free,
    expire_access,
    grant,
    grant_days,
    raise_percent,
    revoke,
)
from commerce.enrolments.actions.dates import end_registrations, notify_author_of_kept_dates, notify_of_move
from commerce.enrolments.actions.registration_emails import offering_context
from commerce.enrolments.actions.requirements import record_requirements
from commerce.enrolments.actions.seats import (
    AlreadyRegistered,
    OfferingCancelled,
    RegistrationClosed,
    SeatsAvailable,
    SoldOut,
    cancel_registration,
    check_seat,
    confirm_seat,
    hold_seat,
    join_waiting_list,
    register,
)
from commerce.enrolments.actions.waiting_list import promote_from_waiting_list, release_holds

__all__ = [
    "AlreadyCompleted",
    "AlreadyEnrolled",
    "AlreadyRegistered",
    "NotEnrolled",
    "OfferingCancelled",
    "PaymentRequired",
    "RegistrationClosed",
    "SeatsAvailable",
    "SoldOut",
    "cancel_enrolment",
    "cancel_registration",
    "check_seat",
    "complete",
    "confirm_seat",
    "end_registrations",
    "enrol",
    "enrol_free",
    "expire_access",
    "grant",
    "grant_days",
    "hold_seat",
    "join_waiting_list",
    "notify_author_of_kept_dates",
    "notify_of_move",
    "offering_context",
    "promote_from_waiting_list",
    "raise_percent",
    "record_requirements",
    "register",
    "release_holds",
    "revoke",
]
