"""Who may attend what: courses by enrolment and entitlement, events by registration.

Nouns: Enrolment, RequirementSet, Entitlement, Registration.
Verbs: enrol, grant, grant_days, revoke, register, hold_seat, confirm_seat, cancel_registration,
promote_from_waiting_list, release_holds.

A person may attend a course while any of their entitlements is live. Each entitlement names its source, so that a refund
revokes only its own; progress is kept. Further days of access start where the present ones end, and move forward when
those are revoked.
Seats are counted under the lock of the offering's row and never stored. A freed seat becomes a timed hold for the first
person on the waiting list. A course is identified by its translation key.
"""
