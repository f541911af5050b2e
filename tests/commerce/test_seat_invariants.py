"""Invariants of seats: each violation is reported."""

from datetime import timedelta

from catalog.offerings.models import Offering
from commerce.enrolments import actions, invariants
from commerce.enrolments.models import Entitlement, Registration
from tests.fixtures.product_factory import NOW, a_course, a_date, a_plan

LATER = NOW + timedelta(days=1)


def test_what_the_actions_do_violates_nothing(north, learner, stranger):
    course, offering = a_course(), a_date(seats=1)
    a_plan(course, price_minor=0)

    actions.enrol_free(person=learner, course=course, now=NOW)
    for person in (learner, stranger):
        actions.register(person=person, offering=offering, now=NOW)

    assert invariants.violations(now=LATER) == []


def test_an_oversold_date_is_seen(north, learner):
    offering = a_date(seats=1)
    actions.register(person=learner, offering=offering, now=NOW)

    Offering.objects.filter(pk=offering.pk).update(seats=0)

    (violation,) = invariants.violations(now=LATER)
    assert "1 seats are taken of 0" in violation


def test_a_hold_that_nobody_released_is_seen(north, learner):
    actions.hold_seat(person=learner, offering=a_date(price_minor=1), hold_until=NOW, source="order:1", now=NOW)

    (violation,) = invariants.violations(now=LATER)

    assert "was not released" in violation
    assert Registration.objects.get().status == "pending"


def test_an_enrolment_without_a_reason_is_seen(north, learner):
    course = a_course()
    a_plan(course, price_minor=0)
    actions.enrol_free(person=learner, course=course, now=NOW)

    Entitlement.objects.update(revoked_at=NOW)

    (violation,) = invariants.violations(now=LATER)
    assert "without a live entitlement" in violation
