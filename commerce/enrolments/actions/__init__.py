"""The only writer of this room's records.

access: grants and enrolments.  periods: days after days.  requirements: what a course asks.
seats: holding, confirming, cancelling.  waiting_list.  dates: what a cancelled date means for its people.
locks: the locks of all.
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
    progressed,
    revoke,
)
from commerce.enrolments.actions.dates import end_registrations, tell_author_of_kept_dates, tell_of_move
from commerce.enrolments.actions.registration_state import about_date, said, span, time_and_place, where
from commerce.enrolments.actions.requirements import take_requirements
from commerce.enrolments.actions.seats import (
    AlreadyRegistered,
    DateCancelled,
    RegistrationClosed,
    SeatsFree,
    SoldOut,
    cancel_registration,
    confirm_seat,
    hold_seat,
    join_waiting_list,
    refuse_seat,
    register,
)
from commerce.enrolments.actions.waiting_list import promote, release_holds

__all__ = [
    "AlreadyCompleted",
    "AlreadyEnrolled",
    "AlreadyRegistered",
    "DateCancelled",
    "NotEnrolled",
    "PaymentRequired",
    "RegistrationClosed",
    "SeatsFree",
    "SoldOut",
    "about_date",
    "cancel_enrolment",
    "cancel_registration",
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
    "progressed",
    "promote",
    "refuse_seat",
    "register",
    "release_holds",
    "revoke",
    "said",
    "span",
    "take_requirements",
    "tell_author_of_kept_dates",
    "tell_of_move",
    "time_and_place",
    "where",
]
