"""Concurrency of seats: real threads, real commits.

Each proof has its counter-proof: with the lock taken out, the same crowd breaks the same promise.
"""

import threading
from datetime import timedelta

import pytest

from academies.kernel import faultpoints
from academies.notifications.models import Delivery
from catalog.offerings.models import Offering
from commerce.enrolments import actions
from commerce.enrolments.actions import locks, registration_state
from commerce.enrolments.models import Enrolment, Entitlement, Registration
from tests.fixtures.concurrency import at_once, meeting_point, people_of
from tests.fixtures.product_factory import NOW, a_course, a_date, a_plan

pytestmark = pytest.mark.threads

Status = Registration.Status
LATER = NOW + timedelta(hours=2)


def without_the_lock(monkeypatch, crowd: int) -> None:
    """Read the offering without its lock; all of the crowd have read it before any of them goes on."""
    gate = threading.Barrier(crowd)

    def only_read(pk):
        offering = Offering.objects.get(pk=pk)
        gate.wait(30)
        return offering

    monkeypatch.setattr(locks, "lock_offering", only_read)


def count_together(monkeypatch, crowd: int) -> None:
    """Let all of the crowd count the seats once before any of them gives one."""
    gate, counted, count = threading.Barrier(crowd), threading.local(), registration_state.occupancy

    def count_and_wait(*args, **kwargs):
        hall = count(*args, **kwargs)
        if not getattr(counted, "once", False):
            counted.once = True
            gate.wait(30)
        return hall

    monkeypatch.setattr(registration_state, "occupancy", count_and_wait)


def register_all(people, offering):
    return at_once(len(people), lambda n: actions.register(person=people[n], offering=offering, now=NOW))


def hold_all(people, offering):
    return at_once(
        len(people),
        lambda n: actions.hold_seat(
            person=people[n], offering=offering, hold_until=LATER, source=f"order:{n}", now=NOW
        ),
    )


def number_of(status: str) -> int:
    return Registration.objects.filter(status=status).count()


def test_of_sixty_at_once_twenty_have_seats_and_forty_wait_in_order(committed_academy):
    people, offering = people_of(committed_academy, 60), a_date(seats=20)

    responses = register_all(people, offering)

    assert [result.status for result in responses].count(Status.CONFIRMED) == number_of(Status.CONFIRMED) == 20
    assert number_of(Status.WAITLISTED) == 40
    positions = dict(Delivery.objects.filter(kind="seat_waiting").values_list("person", "context__position"))
    in_line = Registration.objects.filter(offering=offering).waiting().values_list("person", flat=True)
    assert [positions[person] for person in in_line] == list(range(1, 41))


def test_without_the_lock_the_same_sixty_oversell(committed_academy, monkeypatch):
    people, offering = people_of(committed_academy, 60), a_date(seats=20)
    without_the_lock(monkeypatch, 60)

    register_all(people, offering)

    assert number_of(Status.CONFIRMED) > 20


def test_of_sixty_buyers_at_once_twenty_hold_seats_and_forty_are_told_it_is_sold_out(committed_academy):
    people, offering = people_of(committed_academy, 60), a_date(seats=20, price_minor=3500)

    results = hold_all(people, offering)

    assert number_of(Status.PENDING) == 20
    assert sum(isinstance(result, actions.SoldOut) for result in results) == 40


def test_without_the_lock_the_same_buyers_hold_more_than_there_are(committed_academy, monkeypatch):
    people, offering = people_of(committed_academy, 60), a_date(seats=20, price_minor=3500)
    without_the_lock(monkeypatch, 60)

    hold_all(people, offering)

    assert number_of(Status.PENDING) > 20


def test_two_late_payments_for_one_seat_confirm_one(committed_academy):
    people, offering = people_of(committed_academy, 2), a_date(seats=1, price_minor=3500)
    rows = lapsed_holds(people, offering)

    results = at_once(2, lambda n: actions.confirm_seat(registration=rows[n], now=LATER))

    assert sorted(results) == [False, True]
    assert number_of(Status.CONFIRMED) == 1


def test_without_the_lock_both_late_payments_confirm(committed_academy, monkeypatch):
    people, offering = people_of(committed_academy, 2), a_date(seats=1, price_minor=3500)
    rows = lapsed_holds(people, offering)
    without_the_lock(monkeypatch, 2)

    at_once(2, lambda n: actions.confirm_seat(registration=rows[n], now=LATER))

    assert number_of(Status.CONFIRMED) == 2


def lapsed_holds(people, offering):
    """One seat, held by each in turn until the hold ran out."""
    rows = []
    for number, person in enumerate(people):
        now = NOW + timedelta(minutes=number)
        until = now + timedelta(minutes=1)
        rows.append(
            actions.hold_seat(person=person, offering=offering, hold_until=until, source=f"order:{number}", now=now)
        )
    return rows


def test_one_person_ten_times_at_once_has_one_seat(committed_academy):
    (person,), offering = people_of(committed_academy, 1), a_date()

    results = at_once(10, lambda n: actions.register(person=person, offering=offering, now=NOW))

    assert Registration.objects.count() == 1
    assert sum(isinstance(result, actions.AlreadyRegistered) for result in results) == 9
    assert Delivery.objects.count() == 1


def test_two_promotions_at_once_give_one_seat_once(committed_academy):
    people, offering = people_of(committed_academy, 3), a_date(seats=0)
    for person in people:
        actions.register(person=person, offering=offering, now=NOW)
    Offering.objects.filter(pk=offering.pk).update(seats=1)

    results = at_once(2, lambda n: actions.promote_from_waiting_list(offering=offering, now=NOW))

    assert sorted(len(result) for result in results) == [0, 1]
    assert (number_of(Status.CONFIRMED), number_of(Status.WAITLISTED)) == (1, 2)


def test_without_the_lock_two_promotions_give_one_seat_twice(committed_academy, monkeypatch):
    people, offering = people_of(committed_academy, 3), a_date(seats=0, price_minor=3500)
    for person in people:
        actions.register(person=person, offering=offering, now=NOW)
    Offering.objects.filter(pk=offering.pk).update(seats=1)
    without_the_lock(monkeypatch, 2)
    count_together(monkeypatch, 2)

    results = at_once(2, lambda n: actions.promote_from_waiting_list(offering=offering, now=NOW))

    # Both believe that they gave the seat, and both write to the person.
    assert [len(result) for result in results] == [1, 1]


def test_seats_given_up_while_others_register_are_neither_lost_nor_given_twice(committed_academy):
    people, offering = people_of(committed_academy, 40), a_date(seats=10)
    seated = [actions.register(person=person, offering=offering, now=NOW) for person in people[:10]]

    def churn(number: int):
        if number < 10:
            return actions.cancel_registration(registration=seated[number], by=people[number], now=NOW)
        return actions.register(person=people[number], offering=offering, now=NOW)

    results = at_once(40, churn)

    assert not [result for result in results if isinstance(result, BaseException)]
    assert (number_of(Status.CONFIRMED), number_of(Status.CANCELLED), number_of(Status.WAITLISTED)) == (10, 10, 20)


def test_holds_released_while_buyers_come_leave_exactly_the_seats(committed_academy):
    people, offering = people_of(committed_academy, 30), a_date(seats=5, price_minor=3500, waiting_list=False)
    lapsed = NOW + timedelta(minutes=1)
    for person in people[:5]:
        actions.hold_seat(person=person, offering=offering, hold_until=lapsed, source="order:0", now=NOW)

    def rush(number: int):
        if number < 5:
            return actions.release_holds(now=lapsed)
        return actions.hold_seat(
            person=people[number], offering=offering, hold_until=LATER, source=f"order:{number}", now=lapsed
        )

    at_once(30, rush)

    assert (number_of(Status.PENDING), number_of(Status.EXPIRED)) == (5, 5)


def test_one_person_enrolling_ten_times_at_once_is_enrolled_once(committed_academy):
    (person,), course = people_of(committed_academy, 1), a_course()
    a_plan(course, price_minor=0)

    results = at_once(10, lambda n: actions.enrol_free(person=person, course=course, now=NOW))

    assert Enrolment.objects.count() == Entitlement.objects.count() == 1
    assert sum(isinstance(result, actions.AlreadyEnrolled) for result in results) == 9


def test_a_refund_at_the_moment_of_another_grant_leaves_the_enrolment_active(committed_academy):
    people, course = people_of(committed_academy, 10), a_course()
    key = course.translation_key

    def grant(number: int, source: str):
        return actions.grant(
            person=people[number], course_key=key, source=f"{source}:{number}", starts_at=NOW, ends_at=None, now=NOW
        )

    for number in range(10):
        grant(number, "order_line")

    def either(number: int):
        if number % 2:
            return actions.revoke(source=f"order_line:{number // 2}", now=NOW)
        return grant(number // 2, "second")

    results = at_once(20, either)

    assert not [result for result in results if isinstance(result, BaseException)]
    assert Enrolment.objects.filter(status=Enrolment.Status.ACTIVE).count() == 10


def test_without_the_lock_a_refund_at_that_moment_ends_what_another_grant_opens(committed_academy, monkeypatch):
    (person,), course = people_of(committed_academy, 1), a_course()
    key, both_have_read = course.translation_key, meeting_point(2, 20)
    grant = {"person": person, "course_key": key, "starts_at": NOW, "ends_at": None, "now": NOW}
    actions.grant(source="order_line:1", **grant)

    monkeypatch.setattr(locks, "lock_people", lambda ids: None)
    # One has seen an active enrolment and leaves it; the other has seen nothing that opens it and ends it.
    monkeypatch.setitem(faultpoints.armed, "enrolments.enrolment_started", both_have_read)
    monkeypatch.setitem(faultpoints.armed, "enrolments.set_status", both_have_read)

    at_once(
        2,
        lambda n: (
            actions.revoke(source="order_line:1", now=NOW) if n else actions.grant(source="order_line:2", **grant)
        ),
    )

    assert Enrolment.objects.get().status == Enrolment.Status.CANCELLED
    assert Entitlement.objects.filter(revoked_at=None).count() == 1
