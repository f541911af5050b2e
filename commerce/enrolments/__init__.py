"""Who may attend what: courses by enrolment and entitlement, events by registration.

Nouns: Enrolment, RequirementSet, Entitlement, Registration.
Verbs: enrol, grant, grant_days, revoke, register, confirm, cancel, promote, release_holds.

Access is the OR of live entitlements, each tied to what granted it: a refund ends only its own, and progress survives. More
days begin where the present ones end; when those are taken back, they move up.
Seats are counted under the lock of the offering's row, never stored. A freed seat becomes a timed hold for the first in
line. A course's identity is its translation key.
"""
