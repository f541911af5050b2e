"""Reads about access and seats.  access: entitlements, enrolments.  seats: what can be had.  dates: whom a date has.

refund_terms: what goes back.  calendars: one person's.
"""

from commerce.enrolments.queries.access import (
    access_end,
    course_of_key,
    courses_for,
    enrolment_of,
    enrolments_of,
    holds_entitlement,
    is_entitled,
    open_to,
)
from commerce.enrolments.queries.calendars import calendar_entries, calendar_path, calendar_token, person_of_calendar
from commerce.enrolments.queries.dates import (
    cancel_url,
    counted,
    dates_with_people,
    has_registrations_below,
    people_at,
    with_people,
    zone_of,
)
from commerce.enrolments.queries.refund_terms import (
    full_refund_until,
    refund_percent,
    shown_terms,
    terms_agreed,
    terms_now,
    was_moved_since,
)
from commerce.enrolments.queries.seats import (
    PAY_AT,
    date_of,
    events_for,
    must_pay,
    offerings_for,
    pay_url,
    registration_of,
    registrations_of,
    seats_left,
    upcoming,
    waited_for,
    with_place_in_line,
)

__all__ = [
    "PAY_AT",
    "access_end",
    "calendar_entries",
    "calendar_path",
    "calendar_token",
    "cancel_url",
    "counted",
    "course_of_key",
    "courses_for",
    "date_of",
    "dates_with_people",
    "enrolment_of",
    "enrolments_of",
    "events_for",
    "full_refund_until",
    "has_registrations_below",
    "holds_entitlement",
    "is_entitled",
    "must_pay",
    "offerings_for",
    "open_to",
    "pay_url",
    "people_at",
    "person_of_calendar",
    "refund_percent",
    "registration_of",
    "registrations_of",
    "seats_left",
    "shown_terms",
    "terms_agreed",
    "terms_now",
    "upcoming",
    "waited_for",
    "was_moved_since",
    "with_people",
    "with_place_in_line",
    "zone_of",
]
