"""Reads about access and seats, by module.

access: entitlements, enrolments.  seats: bookable dates, registrations.  dates: how many people are registered.
refund_terms.  calendars: the iCalendar feed of one person.
"""

from commerce.enrolments.queries.access import (
    access_end,
    accessible_course_keys,
    course_by_key,
    courses_for,
    enrolment_of,
    enrolments_of,
    holds_entitlement,
    is_entitled,
)
from commerce.enrolments.queries.calendars import calendar_entries, calendar_owner, calendar_path, calendar_token
from commerce.enrolments.queries.dates import (
    cancel_dates_url,
    dates_with_registrations,
    has_registrations_below,
    registration_counts,
    seat_counts,
    time_zone_of,
    with_seat_counts,
)
from commerce.enrolments.queries.refund_terms import (
    agreed_refund_terms,
    current_refund_terms,
    full_refund_until,
    refund_percent,
    refund_terms_text,
    was_moved_after,
)
from commerce.enrolments.queries.seats import (
    CHECKOUT_PATH,
    events_for,
    offerings_for,
    pay_url,
    registration_of,
    registrations_of,
    requested_date,
    requires_payment,
    seats_left,
    upcoming_registrations,
    waitlisted_offering_ids,
    with_waiting_position,
)

__all__ = [
    "CHECKOUT_PATH",
    "access_end",
    "accessible_course_keys",
    "agreed_refund_terms",
    "calendar_entries",
    "calendar_owner",
    "calendar_path",
    "calendar_token",
    "cancel_dates_url",
    "course_by_key",
    "courses_for",
    "current_refund_terms",
    "dates_with_registrations",
    "enrolment_of",
    "enrolments_of",
    "events_for",
    "full_refund_until",
    "has_registrations_below",
    "holds_entitlement",
    "is_entitled",
    "offerings_for",
    "pay_url",
    "refund_percent",
    "refund_terms_text",
    "registration_counts",
    "registration_of",
    "registrations_of",
    "requested_date",
    "requires_payment",
    "seat_counts",
    "seats_left",
    "time_zone_of",
    "upcoming_registrations",
    "waitlisted_offering_ids",
    "was_moved_after",
    "with_seat_counts",
    "with_waiting_position",
]
